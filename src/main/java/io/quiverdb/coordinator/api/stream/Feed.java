// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.stream;

import io.quiverdb.coordinator.consensus.AppliedState;

/** A kind of stream. Confined to the thread of the streams. */
interface Feed {
  /** This state was applied. A state may be left out if a newer one follows. */
  void applied(AppliedState applied);

  /** About once a second. */
  void tick();

  /** The member stops: ends every client. */
  void end();

  /** How many clients it has; those that have gone are not counted. */
  int clients();
}
