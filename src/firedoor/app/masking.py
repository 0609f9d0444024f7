"""Builds the masks of a gateway: keys, profiles, the proof of every detector. Decides nothing."""

from pathlib import Path

from platformdirs import user_cache_path

from firedoor.app.settings.mask import ON
from firedoor.app.settings.resolved import Settings
from firedoor.core.mask.masker import Masker
from firedoor.core.mask.messages.message import MessageMask
from firedoor.core.mask.tokens.maker import TokenMaker
from firedoor.edges.keys.mask_keys import NewerMaskKeys, mask_keys
from firedoor.edges.store.automata import Automata
from firedoor.engine.masking import Masking


def masking_of(settings: Settings) -> Masking:
    """Every profile that is written or used, compiled: what nobody uses would cost a second at start.

    Raises:
        SettingsError: a detector does not find its own sample, or the key cannot be read.
    """
    used = {entry.upstream.mask for entry in settings.upstreams}
    wanted = [profile for profile in settings.masks if profile.name != ON or ON in used]
    keys = mask_keys(settings.data_dir)
    tokens = TokenMaker(keys)
    kept = kept_automata(settings.data_dir)
    masks = {profile.name: MessageMask(Masker(profile, tokens, kept)) for profile in wanted}
    return Masking(masks=masks, tokens=tokens, newer_keys=NewerMaskKeys(settings.data_dir, keys[0].epoch))


def kept_automata(data_dir: Path | None = None) -> Automata:
    """Where compiled detectors are kept: with the user, who has one such folder, else beside the data."""
    beside = (data_dir / "cache" / "masks",) if data_dir is not None else ()
    return Automata((user_cache_path("firedoor") / "masks", *beside))
