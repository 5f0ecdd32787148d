// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.stream;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Why this member ends a stream. */
enum Ending {
  SLOW(
      "slow",
      "the client did not read its events in time; it can continue after the"
          + " last one that it got"),
  STOPPING("stopping", "this member stops: continue at another member"),
  STALE("stale", "this member cannot prove that its map is current: continue at another member"),
  KEY("key", "the key of this stream is no longer valid: connect with another one"),
  RENEW(
      "renew", "streams end after some minutes: continue after the last event, here or elsewhere");

  private final String reason;
  private final String detail;

  Ending(String reason, String detail) {
    this.reason = reason;
    this.detail = detail;
  }

  /** Writes what a client is told. */
  void describe(ObjectNode data) {
    data.put("reason", reason).put("detail", detail);
  }
}
