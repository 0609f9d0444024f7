"""Builds the masks of a gateway: keys, profiles, the proof of every detector. Decides nothing."""

from firedoor.app.settings import Settings
from firedoor.app.settings_mask import ON
from firedoor.core.mask.masker import Masker
from firedoor.core.mask.messages.message import MessageMask
from firedoor.core.mask.tokens.maker import TokenMaker
from firedoor.edges.keys.mask_keys import mask_keys
from firedoor.engine.masking import Masking


def masking_of(settings: Settings) -> Masking:
    """Every profile that is written or used, compiled: what nobody uses would cost a second at start.

    Raises:
        SettingsError: a detector does not find its own sample, or the key cannot be read.
    """
    used = {entry.upstream.mask for entry in settings.upstreams}
    wanted = [profile for profile in settings.masks if profile.name != ON or ON in used]
    tokens = TokenMaker(mask_keys(settings.data_dir))
    masks = {profile.name: MessageMask(Masker(profile, tokens)) for profile in wanted}
    return Masking(masks=masks, tokens=tokens)
