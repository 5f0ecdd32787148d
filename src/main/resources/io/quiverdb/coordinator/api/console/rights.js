// SPDX-License-Identifier: Apache-2.0
// Whether this page may change something now, and if not, why.

/** Whether this key has the role admin, as far as is known. */
export function isAdmin(feed) {
  return feed.value('settings')?.caller.role === 'admin';
}

/** The reason why no change can be made; null if one can. */
export function whyNot(feed) {
  const caller = feed.value('settings')?.caller;
  if (!caller) return 'it is not known yet what this key may do';
  if (caller.role !== 'admin') return `this takes a key with the role admin; the key ${caller.key_id} has the role ${caller.role}`;
  const status = feed.value('status');
  if (feed.trouble('status')) return 'this member does not answer';
  if (status && status.leader === null) return 'no member leads the ensemble: nothing can be changed';
  return null;
}
