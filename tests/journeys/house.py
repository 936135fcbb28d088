"""The business of the journeys: its config.toml, small enough to be read beside a test."""

DESK_KEY = "la-clef-des-salles-du-test"

CONFIG = f"""
business = "Maison Dupont"
language = "fr"
timezone = "Europe/Paris"

[server]
port = 0

[channels.webchat]
enabled = true
desk_key = "{DESK_KEY}"

[teams.support]
name = "Équipe de soutien"
chat = "webchat:support"

[teams.ventes]
name = "Équipe de vente"
chat = "webchat:ventes"

[inbox]
chat = "webchat:inbox"

[routing]
welcome = "Bienvenue chez {{business}} !\\n{{menu}}"
error = ["Je n'ai pas compris.\\n{{menu}}"]
assigned = "Merci ! {{team}} vous répond ici même."
transfer = "Je vous passe {{team}}."
fallback_message = "Un collègue va vous lire."
settle = "0.05s"

[[routing.answers]]
label = "Support"
when = ["1", "panne"]
team = "support"

[[routing.answers]]
label = "Ventes"
when = ["2", "devis"]
team = "ventes"

[[routing.answers]]
label = "Horaires"
when = ["3", "horaires"]
reply = "De 9 h à 18 h."

[lifecycle]
acks = ["merci"]
"""

WELCOME = "Bienvenue chez Maison Dupont !\n1. Support\n2. Ventes\n3. Horaires"
ASSIGNED_TO_SALES = "Merci ! Équipe de vente vous répond ici même."
