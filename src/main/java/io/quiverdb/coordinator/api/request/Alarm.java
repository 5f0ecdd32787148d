// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

/**
 * What an operator should look at.
 *
 * @param code names the kind
 * @param severity {@code warning} or {@code critical}
 * @param about whom or what; an alarm about the same is the same alarm, even if its detail changes
 * @param detail a sentence
 */
public record Alarm(String code, String severity, String about, String detail) {
  /** One whose detail stays the same. */
  public Alarm(String code, String severity, String detail) {
    this(code, severity, detail, detail);
  }
}
