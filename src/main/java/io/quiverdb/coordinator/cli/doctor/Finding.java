// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.doctor;

/**
 * One line of the doctor's.
 *
 * @param check what was looked at: a stable word
 * @param about whom or what
 * @param detail what was found
 * @param action what to do; empty if all is well
 */
public record Finding(Level level, String check, String about, String detail, String action) {
  /** How bad it is; the worst is last. */
  public enum Level {
    /** As it should be. */
    OK,
    /** It works, and somebody should look at it. */
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
