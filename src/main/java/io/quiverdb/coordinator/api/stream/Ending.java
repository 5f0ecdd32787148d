// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.stream;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Why this member ends a stream. */
enum Ending {
  SLOW(
      "slow",
      "the client did not take its events in time; it can go on behind the last one that it got"),
  STOPPING("stopping", "this member stops: go on at another member"),
  STALE("stale", "this member cannot prove that its map is current: go on at another member"),
  KEY("key", "the key of this stream is not known here any longer: connect with another one"),
  RENEW("renew", "streams end after some minutes: go on behind the last event, here or elsewhere");

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
