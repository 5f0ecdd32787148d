package io.quiverdb.coordinator.cli;

/** How the process ends. {@code serve} adds 3: storage damaged or missing. */
final class ExitCode {
  static final int OK = 0;

  /** Refused, failed, or not confirmed. */
  static final int FAILED = 1;

  /** The command line or the configuration is wrong. */
  static final int USAGE = 2;

  private ExitCode() {}
}
