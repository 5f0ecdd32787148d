// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

/**
 * What a member logs, to standard error.
 *
 * @param level of its own loggers
 * @param format of a line
 */
public record LogConfig(Level level, Format format) {
  /** The levels, from few messages to many. */
  public enum Level {
    /** Failures. */
    ERROR,
    /** Also conditions that an operator should check. */
    WARN,
    /** Also events. */
    INFO,
    /** Also reasons. */
    DEBUG,
    /** Everything. */
    TRACE
  }

  /** How a line looks. */
  public enum Format {
    /** For people. */
    TEXT,
    /** One JSON object a line. */
    JSON
  }

  /** Text at level info. */
  public static final LogConfig DEFAULT = new LogConfig(Level.INFO, Format.TEXT);
}
