// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.config.ConfigException;

/** A command failed for a local reason. */
final class CommandFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final String advice;
  private final int exitCode;

  private CommandFailure(String message, String advice, int exitCode) {
    super(message);
    this.advice = advice;
    this.exitCode = exitCode;
  }

  /**
   * @param message {@code title: detail}
   * @param advice what to do next; may be empty
   */
  CommandFailure(String message, String advice) {
    this(message, advice, ExitCode.FAILED);
  }

  /** The command line or the environment of the command is not valid. */
  static CommandFailure usage(String message) {
    return new CommandFailure(
        "Usage: " + message, "See quiver-coordinator --help.", ExitCode.USAGE);
  }

  /** The configuration cannot be used. */
  static CommandFailure configuration(ConfigException e) {
    return new CommandFailure("Configuration: " + e.getMessage(), "", ExitCode.USAGE);
  }

  String advice() {
    return advice;
  }

  int exitCode() {
    return exitCode;
  }
}
