// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.stream;

import io.quiverdb.coordinator.consensus.AppliedState;

/** A kind of stream. Confined to the thread of the streams. */
interface Feed {
  /** A state was applied. States may be skipped if a newer one follows. */
  void applied(AppliedState applied);

  /** Called about once a second. */
  void tick();

  /** The member stops: ends every client. */
  void end();

  /** The number of connected clients. */
  int clients();
}
