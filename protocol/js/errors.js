/**
 * Every way a byte can be refused: one kind, one rule, one HTTP status.  SPEC 2.
 *
 * The table is the contract: Python, JavaScript and SPEC list the same kinds, and a test holds them together.
 * A refusal is thrown, never returned as false: what is not checked must not look like a value.
 */

/** What a refusal means to a caller, by kind: the rule it breaks and the HTTP status that says so. */
export const KINDS = Object.freeze({
  // Encoding: bytes that are not what our own encoder writes.
  too_large: { rule: "ENC-1", status: 413 },
  not_utf8: { rule: "ENC-2", status: 400 },
  not_json: { rule: "ENC-3", status: 400 },
  not_canonical: { rule: "ENC-4", status: 400 },
  shape: { rule: "ENC-5", status: 400 },
  text: { rule: "ENC-6", status: 400 },
  // Signatures.
  payload_type: { rule: "SIG-1", status: 400 },
  signature: { rule: "SIG-2", status: 403 },
  signer: { rule: "SIG-3", status: 403 },
  public_key: { rule: "SIG-4", status: 400 },
  // age files.
  age_header: { rule: "AGE-1", status: 400 },
  age_no_match: { rule: "AGE-2", status: 400 },
  age_mac: { rule: "AGE-3", status: 400 },
  age_payload: { rule: "AGE-4", status: 400 },
  age_scope: { rule: "AGE-5", status: 400 },
  age_recipient: { rule: "AGE-6", status: 400 },
  // Tips and envelopes.
  envelope_plain: { rule: "ENV-1", status: 400 },
  stanza_kind: { rule: "ENV-2", status: 400 },
  stanza_count: { rule: "ENV-3", status: 409 },
  bucket: { rule: "ENV-4", status: 400 },
  set_old: { rule: "ENV-5", status: 409 },
  set_unknown: { rule: "ENV-6", status: 409 },
  desk_unknown: { rule: "ENV-7", status: 404 },
  digest: { rule: "ENV-8", status: 400 },
  burnt: { rule: "ENV-9", status: 410 },
  tip_magic: { rule: "TIP-1", status: 400 },
  tip_layout: { rule: "TIP-2", status: 400 },
  tip_padding: { rule: "TIP-3", status: 400 },
  tip_digest: { rule: "TIP-4", status: 400 },
  tip_thread: { rule: "TIP-5", status: 403 },
  // The drop.
  drop: { rule: "DRO-1", status: 400 },
  cell: { rule: "DRO-2", status: 400 },
  question: { rule: "DRO-3", status: 403 },
  // Rosters, epoch keys, sets, vaults.
  policy: { rule: "ROS-1", status: 400 },
  roster_signers: { rule: "ROS-2", status: 403 },
  roster_network: { rule: "ROS-3", status: 403 },
  roster_dates: { rule: "ROS-4", status: 403 },
  roster_chain: { rule: "ROS-5", status: 403 },
  roster_content: { rule: "ROS-6", status: 400 },
  epoch_key: { rule: "EPO-1", status: 403 },
  epoch_dates: { rule: "EPO-2", status: 400 },
  set_signers: { rule: "SET-1", status: 403 },
  set_members: { rule: "SET-2", status: 403 },
  set_chain: { rule: "SET-3", status: 409 },
  stay: { rule: "STA-1", status: 403 },
  vault: { rule: "VAU-1", status: 400 },
  passphrase: { rule: "VAU-2", status: 403 },
  code_word: { rule: "COD-1", status: 400 },
  // Alerts, quorum, release.
  alert_network: { rule: "ALE-1", status: 403 },
  alert_times: { rule: "ALE-2", status: 400 },
  alert_class: { rule: "ALE-3", status: 403 },
  alert_chain: { rule: "ALE-4", status: 409 },
  alert_vocabulary: { rule: "ALE-5", status: 400 },
  privacy: { rule: "ALE-6", status: 400 },
  quorum_short: { rule: "QUO-1", status: 403 },
  quorum_lead: { rule: "QUO-2", status: 403 },
  attestation_lapsed: { rule: "QUO-3", status: 403 },
  attestation_revoked: { rule: "QUO-4", status: 403 },
  attestation_stayed: { rule: "QUO-5", status: 403 },
  attestation_trainee: { rule: "QUO-6", status: 403 },
  attestation_suspender: { rule: "QUO-7", status: 403 },
  release_late: { rule: "REL-1", status: 409 },
  release_state: { rule: "REL-2", status: 409 },
  release_bundle: { rule: "REL-3", status: 400 },
  slip: { rule: "REL-4", status: 400 },
  slip_roster: { rule: "REL-5", status: 409 },
  // Log.
  note: { rule: "LOG-1", status: 400 },
  checkpoint: { rule: "LOG-2", status: 400 },
  log_proof: { rule: "LOG-3", status: 403 },
  log_key: { rule: "LOG-4", status: 403 },
  log_witness: { rule: "LOG-5", status: 403 },
  log_tile: { rule: "LOG-6", status: 400 },
  log_fork: { rule: "LOG-7", status: 409 },
  witness_request: { rule: "LOG-8", status: 400 },
  witness_size: { rule: "LOG-9", status: 409 },
  witness_proof: { rule: "LOG-10", status: 422 },
  // Casework.
  move: { rule: "CAS-1", status: 409 },
  event_chain: { rule: "CAS-2", status: 409 },
  evidence: { rule: "CAS-3", status: 409 },
  conflict: { rule: "CAS-4", status: 403 },
  // The doors and the desk.
  work: { rule: "DOO-1", status: 403 },
  under_load: { rule: "DOO-2", status: 503 },
  slow_body: { rule: "DOO-3", status: 408 },
  media_type: { rule: "DOO-4", status: 415 },
  not_found: { rule: "DOO-5", status: 404 },
  sign_in: { rule: "DES-1", status: 401 },
  not_yours: { rule: "DES-2", status: 403 },
  // Outbound.
  address: { rule: "DEL-1", status: 400 },
  // Photos and their way in.
  photo: { rule: "PHO-1", status: 400 },
  upload: { rule: "UPL-1", status: 409 },
  part: { rule: "UPL-2", status: 400 },
  // Manifests of pages.
  manifest: { rule: "MAN-1", status: 400 },
  manifest_signers: { rule: "MAN-2", status: 403 },
  manifest_network: { rule: "MAN-3", status: 403 },
  manifest_chain: { rule: "MAN-4", status: 409 },
  page: { rule: "MAN-5", status: 400 },
  // What travels by hand.
  sealed_file: { rule: "ENV-10", status: 400 },
  // What a desk passes on to the attorneys.
  legal: { rule: "ENV-11", status: 400 },
  // What witnesses are told of a desk.
  notice: { rule: "NOT-1", status: 403 },
});

/** @typedef {keyof typeof KINDS} Kind */

/** A refusal: `kind` is a key of KINDS; the sentence names the rule's two sides and, where there is one, the mend. */
export class Refused extends Error {
  /**
   * @param {Kind} kind
   * @param {string} sentence
   * @param {{cause?: unknown}} [options] what led to it, for whoever looks at it in a console
   */
  constructor(kind, sentence, options) {
    const { rule, status } = KINDS[kind];
    super(`${kind} (${rule}): ${sentence}`, options);
    this.name = "Refused";
    this.kind = kind;
    this.sentence = sentence;
    this.rule = rule;
    this.status = status;
  }
}
