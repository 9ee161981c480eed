// Made by look/generate.py from templates.json.  Not to be edited.
/** @type {Readonly<Record<string, Readonly<Record<string, string>>>>} */
export const TEXTS = Object.freeze({
  "word": {"confirmed": "CONFIRMED", "checked": "CHECKED, NOT CONFIRMED", "under-review": "UNDER REVIEW", "withdrawn": "WITHDRAWN", "retracted": "RETRACTED", "ended": "ENDED"},
  "mode": {"exercise": "DRILL", "responders": "For responders only. Do not pass this on."},
  "title": {"detention": "Detention in a public place", "workplace": "Detention at a workplace", "checkpoint": "Officers stopping people", "presence": "Officers present", "clinic": "Officers at or near a clinic or hospital", "court": "Officers at or near a courthouse", "school": "Officers at or near a school", "shelter": "Officers at or near a shelter", "worship": "Officers at or near a place of worship", "residence": "Officers at a home", "impersonation": "People presenting themselves as officers", "rumour": "Rumor checked, no officers found"},
  "what": {"detention": "Officers are detaining someone in a public place.", "workplace": "Officers are detaining someone at a workplace.", "checkpoint": "Officers are stopping and questioning people.", "presence": "Officers are present.", "clinic": "Officers are at or near a clinic or hospital.", "court": "Officers are at or near a courthouse.", "school": "Officers are at or near a school.", "shelter": "Officers are at or near a shelter.", "worship": "Officers are at or near a place of worship.", "residence": "Officers are at a home.", "impersonation": "People are presenting themselves as officers. Who they are is not confirmed.", "rumour": "We checked a rumor. No officers were found at that time.", "was": "What this alert said: {title}."},
  "officers": {"1-2": "Officers: 1 or 2.", "3-5": "Officers: 3 to 5.", "6-10": "Officers: 6 to 10.", "10+": "Officers: 10 or more.", "none": "Officers: none seen.", "unknown": "Officers: number not known."},
  "vehicles": {"0": "Vehicles: none seen.", "1": "Vehicles: 1.", "2": "Vehicles: 2.", "3+": "Vehicles: 3 or more.", "unknown": "Vehicles: number not known."},
  "marking": {"federal": "Markings: a federal agency.", "immigration": "Markings: immigration enforcement.", "local": "Markings: local police.", "none": "Markings: none seen.", "unclear": "Markings: not clear."},
  "basis": {"observer": "a trained observer on site", "media": "a photo or video that was checked", "person": "someone known at the place", "official": "an official answer", "network": "a checked notice from another network", "and": "{first}; {rest}"},
  "line": {"source": "{word} · {network}", "how": "Signed by {verifiers} from {organizations}. Based on: {basis}.", "free": "In the verifiers' words: “{words}”", "where": "Where: {zone}", "seen": "Seen: {time}", "looked": "Checked: {time}", "sent": "Sent: {time}", "near": "{line} ({distance})", "check": "{until}. Check at {address}", "moment": "less than a minute", "dated": "{time}, {date}"},
  "until": {"stands": "Ends: {time}", "under-review": "Under review since: {time}", "withdrawn": "Withdrawn: {time}", "retracted": "Retracted: {time}", "ended": "Ended: {time}"},
  "why": {"under-review doubt": "There is doubt about it. It is being checked again.", "under-review new-evidence": "Something new came to light. It is being checked again.", "under-review privacy": "It may tell too much about someone. It is being checked again.", "under-review wrong-details": "Some details may be wrong. It is being checked again.", "under-review forked": "Two versions disagree. It is being checked again.", "withdrawn": "We could not re-check it in time, so it no longer counts.", "retracted fabricated": "It was made up.", "retracted misidentified": "What was seen was something else.", "retracted past-event": "It happened at another time.", "retracted privacy": "It told too much about someone.", "retracted wrong-details": "Its details were wrong.", "ended gone": "A verifier saw that it is over.", "ended time": "Its time ran out. Nobody has confirmed that it is over.", "ended time checked": "Its time ran out. Things may have changed since."},
  "clock": {"am": "{hour}:{minute} am", "pm": "{hour}:{minute} pm"},
  "date": {"1": "Jan {day}", "2": "Feb {day}", "3": "Mar {day}", "4": "Apr {day}", "5": "May {day}", "6": "Jun {day}", "7": "Jul {day}", "8": "Aug {day}", "9": "Sep {day}", "10": "Oct {day}", "11": "Nov {day}", "12": "Dec {day}"},
  "face": {"danger": "In danger now? Call 911", "hotline": "Hotline {hotline}", "leave": "Leave now", "drill": "DRILL. This is an exercise. Nothing here is real.", "demo": "Demonstration. The keys of this network were made on this machine.", "promise": "Sealed on your phone. Nobody at our servers can read it.", "attorney": "Not yet reviewed by an attorney", "untranslated": "Not yet translated"},
});
/** @type {Readonly<Record<string, readonly string[]>>} */
export const DO = Object.freeze({
  "confirmed observe-only": ["Keep your distance. Watch, and do not step in.", "Note the place, the time and how many. No names, no faces.", "If you see more, tell the hotline: {hotline}"],
  "confirmed know-your-rights": ["Know your rights before you answer questions or open a door.", "Stay calm and keep your distance.", "Questions, or someone needs a lawyer: {hotline}"],
  "confirmed avoid-rumours": ["Share only this alert, and only until it ends.", "Do not pass on what nobody has checked.", "If you see something yourself, call the hotline: {hotline}"],
  "confirmed impersonation": ["If you are in danger, call 911.", "Keep your distance. Do not go with them and do not argue.", "If you see more, tell the hotline: {hotline}"],
  "checked": ["Share this answer where the rumor went.", "Do not pass the rumor on.", "If you see something yourself, call the hotline: {hotline}"],
  "under-review": ["Do not share this alert now.", "Wait until it is confirmed again before you act on it.", "Questions, or you saw something: {hotline}"],
  "withdrawn": ["Do not share this alert any more.", "Tell the people you sent it to that it was withdrawn.", "Questions, or you saw something: {hotline}"],
  "retracted": ["Do not share this alert any more.", "Tell the people you sent it to that it was retracted.", "Questions, or you saw something: {hotline}"],
  "ended": ["Do not share this alert any more. It is out of date.", "If you were waiting for news, this is the last of this alert.", "If you see something yourself, call the hotline: {hotline}"],
});
/** @type {Readonly<Record<string, readonly [string, string]>>} */
export const COUNTS = Object.freeze({
  "verifiers": ["{n} trained verifier", "{n} trained verifiers"],
  "organizations": ["{n} organization", "{n} organizations"],
  "ago": ["{n} minute ago", "{n} minutes ago"],
  "left": ["{n} minute left", "{n} minutes left"],
});
