"""The second look: extras that find in delivered texts what masks had not. Never on the path of an answer."""
