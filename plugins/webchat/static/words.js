// Every word of the pages, in the languages they speak. A page is marked up with `data-word`.

const words = {
  fr: {
    online: "En ligne", connecting: "Reconnexion…", starting: "Connexion…",
    write: "Écrire un message", write_reply: "Répondre, ou // pour une note", write_general: "Entre collègues : rien ne part à un client. /help", send: "Envoyer", attach: "Joindre un fichier", drop: "Déposez le fichier pour l’envoyer",
    greeting: "Bonjour !", greeting_more: "Écrivez-nous ici : une personne de l’équipe vous répond.",
    your_name: "Votre prénom (facultatif)", keep: "Enregistrer", you_are: "Vous : {name}", change_name: "Changer de nom",
    older: "Messages précédents", pending: "en attente", kept: "reçu", edited: "modifié", deleted: "Message supprimé", typing: "écrit…", typing_one: "On vous écrit…",
    noted: "note interne", sent: "envoyé", delivered: "remis", read: "lu", failed: "non remis", uncertain: "remise incertaine",
    reply: "Répondre à ce message", edit: "Modifier", remove: "Supprimer", remove_sure: "Supprimer ce message ?", replying: "Réponse à {name}", editing: "Modification", cancel: "Annuler", retry: "Réessayer", dismiss: "Effacer", you: "vous", bot: "Guichet", message: "un message",
    sending_file: "Envoi du fichier…", today: "Aujourd’hui", yesterday: "Hier",
    refused_title: "Cette page ne vous reconnaît plus", refused_text: "Le cookie de ce navigateur est abîmé ou n’a pas été fait ici. Il a été effacé : vous pouvez repartir d’une conversation neuve.", start_afresh: "Commencer une nouvelle conversation",
    no_cookie: "Cette page a besoin d’un cookie pour vous reconnaître. Autorisez les cookies, puis rechargez la page.", erased: "Cette conversation a été effacée.", new_posts: "Nouveaux messages",
    door_title: "Salles de l’équipe", door_text: "Entrez votre nom et la clé des salles.", door_key: "Clé", door_name: "Votre nom", door_enter: "Se connecter", door_same: "Vos collègues vous voient sous ce nom ; le même nom est la même personne.", door_again: "La clé des salles a changé, ou ce navigateur n’est plus reconnu : connectez-vous à nouveau.", door_hint: "La clé est dans config.toml (desk_key), ou dans le journal au démarrage.",
    rooms: "Salles", general: "Général", closed: "Clos", closed_threads: "Clos ({count})", closed_banner: "Cette conversation est close.", leave: "Quitter", back: "Retour aux salles", choose: "Choisissez une conversation", choose_more: "Chaque contact a son fil dans la salle de son équipe.", try_it: "Pour essayer, ouvrez la page du contact et écrivez « bonjour ».", open_chat: "Ouvrir la page du contact", empty_room: "Rien ici pour l’instant.", unread: "Non lus : {count}", no_rooms: "Aucune équipe n’a encore sa salle ici.",
    error_not_kept: "Pas encore enregistré ; nouvel essai dans un instant.", error_too_long: "Le message est trop long : 10 000 caractères au plus.", error_empty: "Le message est vide.", error_gone: "Ce n’est plus là.", error_no_room: "Cette salle n’existe plus.", error_not_yours: "Seul son auteur peut changer un message.", error_too_many_files: "Trop de fichiers d’un coup ; réessayez bientôt.", error_file_too_large: "Le fichier est trop lourd : {limit} au plus.", error_file_empty: "Le fichier est vide.", error_wrong_key: "Ce n’est pas la bonne clé.", error_too_many_tries: "Trop d’essais ; attendez une minute.", error_fault: "Une erreur est survenue ; nouvel essai dans un instant.", error_offline: "Pas de connexion ; réessayez.", error_malformed: "La clé et un nom sont nécessaires.", error_no_session: "La session a expiré ; rechargez la page.", error_too_large: "C’est trop long pour un message.",
  },
  en: {
    online: "Online", connecting: "Reconnecting…", starting: "Connecting…",
    write: "Write a message", write_reply: "Reply, or // for a note", write_general: "Among colleagues: nothing goes to a customer. /help", send: "Send", attach: "Attach a file", drop: "Drop the file to send it",
    greeting: "Hello!", greeting_more: "Write to us here: somebody from the team will answer.",
    your_name: "Your first name (optional)", keep: "Save", you_are: "You: {name}", change_name: "Change name",
    older: "Earlier messages", pending: "waiting", kept: "received", edited: "edited", deleted: "Message deleted", typing: "is writing…", typing_one: "Somebody is writing…",
    noted: "internal note", sent: "sent", delivered: "delivered", read: "read", failed: "not delivered", uncertain: "may have arrived",
    reply: "Reply to this message", edit: "Edit", remove: "Delete", remove_sure: "Delete this message?", replying: "Reply to {name}", editing: "Editing", cancel: "Cancel", retry: "Try again", dismiss: "Dismiss", you: "you", bot: "Guichet", message: "a message",
    sending_file: "Sending the file…", today: "Today", yesterday: "Yesterday",
    refused_title: "This page does not know you any more", refused_text: "The cookie of this browser is broken, or was not made here. It has been cleared: you can start a new conversation.", start_afresh: "Start a new conversation",
    no_cookie: "This page needs a cookie to know you again. Allow cookies, then reload the page.", erased: "This conversation was erased.", new_posts: "New messages",
    door_title: "Team rooms", door_text: "Enter your name and the key of the rooms.", door_key: "Key", door_name: "Your name", door_enter: "Sign in", door_same: "Colleagues see you under this name; the same name is the same person.", door_again: "The key of the rooms has changed, or this browser is not known any more: please sign in again.", door_hint: "The key is in config.toml (desk_key), or in the log at start.",
    rooms: "Rooms", general: "General", closed: "Closed", closed_threads: "Closed ({count})", closed_banner: "This conversation is closed.", leave: "Leave", back: "Back to the rooms", choose: "Choose a conversation", choose_more: "Each contact has a thread in their team’s room.", try_it: "To try it, open the contact’s page and write “hello”.", open_chat: "Open the contact’s page", empty_room: "Nothing here yet.", unread: "Unread: {count}", no_rooms: "No team has its room here yet.",
    error_not_kept: "Not kept yet; trying again in a moment.", error_too_long: "The message is too long: at most 10,000 characters.", error_empty: "The message is empty.", error_gone: "It is not there any more.", error_no_room: "This room is gone.", error_not_yours: "Only who wrote a message can change it.", error_too_many_files: "Too many files at once; try again soon.", error_file_too_large: "The file is too large: at most {limit}.", error_file_empty: "The file is empty.", error_wrong_key: "This is not the key.", error_too_many_tries: "Too many tries; wait a minute.", error_fault: "Something went wrong; trying again in a moment.", error_offline: "No connection; try again.", error_malformed: "The key and a name are needed.", error_no_session: "The session has ended; reload the page.", error_too_large: "This is too long for a message.",
  },
};

export const language = document.documentElement.lang in words ? document.documentElement.lang : "en";

export function word(key, values = {}) {
  return words[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// What went wrong, in the page's language when it knows the code, else as the server put it.
export function trouble({ code, text }, values) {
  return `error_${code}` in words[language] ? word(`error_${code}`, values) : text;
}

export function sizeOf(bytes) {
  const [small, large] = language === "fr" ? ["ko", "Mo"] : ["kB", "MB"];
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1024))} ${small}` : `${number.format(bytes / 1048576)} ${large}`;
}

export function translate(root = document) {
  for (const element of root.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const element of root.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", word(element.dataset.label));
    element.title = word(element.dataset.label);
  }
  for (const element of root.querySelectorAll("[data-hint]")) element.placeholder = word(element.dataset.hint);
}
