// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

/** The exit codes. {@code serve} adds 3: storage damaged or missing. */
final class ExitCode {
  static final int OK = 0;

  /** Refused, failed, or not confirmed. */
  static final int FAILED = 1;

  /** The command line or the configuration is wrong. */
  static final int USAGE = 2;

  /** The awaited migration was reverted. */
  static final int REVERTED = 3;

  /** The awaited migration failed, or held for longer than the limit. */
  static final int UNFINISHED = 4;

  private ExitCode() {}
}
