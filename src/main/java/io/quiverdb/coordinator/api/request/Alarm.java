// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

/**
 * A condition that an operator should check.
 *
 * @param code names the kind
 * @param severity {@code warning} or {@code critical}
 * @param about its subject; an alarm about the same subject is the same alarm, even if its detail
 *     changes
 * @param detail a sentence
 */
public record Alarm(String code, String severity, String about, String detail) {
  /** An alarm whose detail is its subject. */
  public Alarm(String code, String severity, String detail) {
    this(code, severity, detail, detail);
  }
}
