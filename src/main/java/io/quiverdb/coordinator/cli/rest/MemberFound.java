// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.rest;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A member that was looked for.
 *
 * @param id its id; empty if nobody who answered knows it
 * @param at where it was asked
 * @param failure why it did not tell its status; empty if it did
 * @param status what it told; a missing node if it did not
 * @param date the time of its answer by its own clock, as HTTP has it; empty if there is none
 * @param sentMillis when it was asked, by this machine's clock
 * @param receivedMillis when it had answered
 */
public record MemberFound(
    String id,
    Endpoint at,
    String failure,
    JsonNode status,
    String date,
    long sentMillis,
    long receivedMillis) {
  /** Whether it told its status. */
  public boolean answers() {
    return failure.isEmpty();
  }

  /** Its id, or where it was asked. */
  public String name() {
    return id.isEmpty() ? at.base() : id;
  }
}
