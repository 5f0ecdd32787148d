// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.doctor;

/**
 * One line of the doctor's result.
 *
 * @param check the name of the check: a stable word
 * @param about its subject
 * @param detail the finding
 * @param action what to do; empty if all is well
 */
public record Finding(Level level, String check, String about, String detail, String action) {
  /** The severity; the worst is last. */
  public enum Level {
    /** All is well. */
    OK,
    /** It works, but an operator should check it. */
    WARN,
    /** Something does not work. */
    FAIL
  }

  static Finding ok(String check, String about, String detail) {
    return new Finding(Level.OK, check, about, detail, "");
  }

  static Finding warn(String check, String about, String detail, String action) {
    return new Finding(Level.WARN, check, about, detail, action);
  }

  static Finding fail(String check, String about, String detail, String action) {
    return new Finding(Level.FAIL, check, about, detail, action);
  }
}
