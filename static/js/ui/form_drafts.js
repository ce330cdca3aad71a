/**
 * What is typed into the forms of the site and of its administration is kept in this tab until the server says that it
 * has it. A session that is over, a token that is too old, a network that is gone, a page that was left: the form comes
 * back as it was, to the person who typed it (ADR 72).
 */

import { button, element } from "../lib/dom.js";
import { filesOf, putBack, valuesOf } from "../lib/form_values.js";
import { isolated } from "../lib/isolated.js";
import { cameBack, drafts, isAnswer, owner } from "./tab_drafts.js";

const COOKIE = "saved_draft"; // in it the server names what it has taken (tracker/web/saved_forms.py)
const TYPED = "textarea, input:is(:not([type]), [type=text], [type=email], [type=number], [type=url], [type=file])";
const UNTYPED = ["submission", "version"]; // the page's own
const CANCEL = "[data-cancel], .closelink, .deletelink";
const SOMEBODY_ELSES =
  "Somebody else had typed into this form in this tab. It is kept for an hour, and comes back when they sign in again.";

class FormDraft {
  #form;
  #path;
  #draft;
  #before;
  #id = newId();
  #touched = false;
  #forgotten = false;

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.#form = form;
    this.#path = pathOf(form.getAttribute("action"));
    this.#draft = drafts.of(owner, this.#path);
    this.#before = wordsOf(valuesOf(form));
    for (const kind of ["input", "change", "click", "keydown"]) {
      form.addEventListener(kind, () => {
        this.#touched = true;
      });
    }
    form.addEventListener("click", ({ target }) => {
      if (/** @type {Element} */ (target).closest(CANCEL)) this.#forget();
    });
    // On the document: after the form's own listeners, which may fill in something, or send it in their own way.
    document.addEventListener("submit", (event) => {
      if (event.target === form && !event.defaultPrevented) this.#submitted(event);
    });
    window.addEventListener("pagehide", () => this.#keepWhatDiffers());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#keepWhatDiffers();
    });
    window.addEventListener("load", () =>
      window.setTimeout(() => {
        if (!this.#touched) this.#before = wordsOf(valuesOf(form)); // a map writes its shape in its own way
      }),
    );
  }

  /** Put back what was kept, and say so. */
  restore() {
    const kept = this.#draft.get();
    if (!kept) {
      const others = drafts.ownersAt(this.#path).filter((other) => other && other !== owner);
      if (others.length) this.#form.before(note(SOMEBODY_ELSES));
      return;
    }
    const { values, files, hasKey } = kept.values;
    const isSame = wordsOf(values) === this.#before && !Object.keys(files).length;
    if (isSame || (kept.sent && !(hasKey && cameBack()))) {
      this.#draft.drop();
      return;
    }
    putBack(this.#form, values);
    if (kept.sent) return;
    this.#touched = true;
    this.#form.before(note(words(files), this.#startAfresh()));
  }

  #startAfresh() {
    return button("btn btn-sm btn-outline-primary button", "Start afresh", () => {
      this.#forget();
      window.location.replace(window.location.pathname + window.location.search);
    });
  }

  #submitted(event) {
    if (navigator.onLine) {
      this.#id = newId();
      this.#named().value = this.#id;
    } else {
      event.preventDefault();
      this.#say("Not sent: this device has no network. What you typed is kept: send it again when it is back.");
    }
    this.#touched = true;
    this.#keep();
  }

  /** The hidden field by which the server learns the draft's name. */
  #named() {
    const there = this.#form.querySelector("input[name=draft]");
    const field = there ?? element("input", { type: "hidden", name: "draft" });
    if (!there) this.#form.append(field);
    return /** @type {HTMLInputElement} */ (field);
  }

  #keepWhatDiffers() {
    if (this.#touched && wordsOf(valuesOf(this.#form)) !== this.#before) this.#keep();
  }

  #keep() {
    if (this.#forgotten) return;
    const [values, files] = [valuesOf(this.#form), filesOf(this.#form)];
    drafts.keep(owner, this.#path, { id: this.#id, values, files, hasKey: Boolean(values.submission?.[0]) });
  }

  #forget() {
    this.#forgotten = true;
    this.#draft.drop();
  }

  #say(sentence) {
    let line = this.#form.previousElementSibling;
    if (!line?.matches(".draft-problem")) {
      line = element("p", { class: "alert alert-danger draft-problem errornote", role: "alert" });
      this.#form.before(line);
    }
    line.textContent = sentence;
    line.scrollIntoView({ block: "nearest" });
  }
}

const typed = [...document.forms].filter(isTyped).map((form) => new FormDraft(form));
forgetWhatIsSaved();
if (!isAnswer) for (const draft of typed) draft.restore();
sayWhatIsKept();

/**
 * Whether people type into it. Lists, buttons and signing in are no such forms; the report page keeps its own.
 * @param {HTMLFormElement} form
 */
function isTyped(form) {
  if (form.getAttribute("method")?.toLowerCase() !== "post" || "ownDraft" in form.dataset) return false;
  if (!owner && form.querySelector("[type=password]")) return false;
  return "draft" in form.dataset || [...form.querySelectorAll(TYPED)].some((field) => field.hasAttribute("name"));
}

/** The server has said with this page that it has a form. */
function forgetWhatIsSaved() {
  const found = document.cookie.split("; ").find((each) => each.startsWith(`${COOKIE}=`));
  const [, id] = found?.split("=") ?? [];
  if (id) drafts.saved(id);
}

/** On pages that stand in the way of a form: whether it is kept in this tab, and for whom. */
function sayWhatIsKept() {
  for (const line of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-kept]"))) {
    const owners = drafts.ownersAt(pathOf(line.dataset.path ?? ""));
    const isMine = owners.some((each) => !owner || each === owner);
    const found = isMine ? "mine" : owners.length ? "theirs" : "none";
    line.hidden = !line.dataset.kept?.split(" ").includes(found);
  }
}

/** @param {Record<string, string[]>} values */
function wordsOf(values) {
  return JSON.stringify(Object.entries(values).filter(([name]) => !UNTYPED.includes(name)));
}

/** @param {Record<string, string[]>} files */
function words(files) {
  const names = Object.values(files).flat();
  const again = names.map((name) => `“${isolated(name)}”`).join(", ");
  const choose = names.length ? ` Choose the file again, for a browser does not keep it: ${again}.` : "";
  return `What you typed before is still here. It is not saved yet.${choose}`;
}

/**
 * @param {string} sentence
 * @param {...HTMLElement} more
 */
function note(sentence, ...more) {
  return element("p", { class: "alert alert-info draft-note", role: "status" }, sentence, " ", ...more);
}

/** @param {string | null} address */
function pathOf(address) {
  return new URL(address || "", window.location.href).pathname;
}

function newId() {
  return Array.from(crypto.getRandomValues(new Uint32Array(3)), (each) => each.toString(36)).join("");
}
