// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.cli.rest.RestException;
import io.quiverdb.coordinator.config.Quantity;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The entry point of the runnable jar. */
public final class Main {
  private static final Duration MAX_TIMEOUT = Duration.ofHours(1);

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(run(CliEnvironment.ofThisProcess(), ServeStarters.ofThisBuild(), args));
  }

  /** Runs one command. */
  static int run(CliEnvironment around, ServeStarters starters, String... args) {
    int code = commandLine(around, starters, args).execute(args);
    // A PrintStream reports a failed write only here.
    if (around.out().checkError()) {
      complain(
          around,
          "Cannot write the whole result to standard output",
          List.of(
              "The disk is full, or the reader has closed the pipe: what arrived there is"
                  + " not"
                  + " whole."));
      code = code == ExitCode.OK ? ExitCode.FAILED : code;
    }
    around.err().flush();
    return code;
  }

  private static CommandLine commandLine(
      CliEnvironment around, ServeStarters starters, String... args) {
    GlobalOptions options = new GlobalOptions();
    CommandLine root = new CommandLine(new QuiverCoordinator()).addMixin("client", options);
    new Subcommands(options, around, starters).addTo(root, args);
    return configured(root, around);
  }

  private static CommandLine configured(CommandLine root, CliEnvironment around) {
    return root.registerConverter(UnsignedNumber.class, UnsignedNumber::parse)
        .registerConverter(Duration.class, Main::timeout)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(Table.WIDTH)
        .setColorScheme(CommandLine.Help.defaultColorScheme(around.colours() ? Ansi.ON : Ansi.OFF))
        .setOut(new PrintWriter(around.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(around.err(), true, StandardCharsets.UTF_8))
        .setParameterExceptionHandler((e, args) -> misused(around, e))
        .setExecutionExceptionHandler((e, command, parsed) -> failed(around, e));
  }

  private static Duration timeout(String text) {
    return Quantity.duration(text)
        .filter(d -> !d.isZero() && d.compareTo(MAX_TIMEOUT) <= 0)
        .orElseThrow(
            () -> new TypeConversionException("'" + text + "' is no time such as 500ms or 10s"));
  }

  private static int misused(CliEnvironment around, ParameterException e) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    complain(around, "Usage: " + withoutValues(e), List.of("See " + command + " --help."));
    return ExitCode.USAGE;
  }

  /** Shows only the first word of a mistyped option, up to a "=": a secret may follow. */
  private static String withoutValues(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      String word = unmatched.getUnmatched().get(0);
      int equals = word.indexOf('=');
      return "\"" + (equals < 0 ? word : word.substring(0, equals)) + "\" is not known here";
    }
    return String.valueOf(e.getMessage());
  }

  private static int failed(CliEnvironment around, Exception e) {
    if (e instanceof RestException refused) {
      complain(around, refused.getMessage(), refused.advice());
      return ExitCode.FAILED;
    }
    if (e instanceof CommandFailure failure) {
      complain(around, failure.getMessage(), List.of(failure.advice()));
      return failure.exitCode();
    }
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      complain(around, "Interrupted: the command did not end", List.of());
      return ExitCode.FAILED;
    }
    complain(around, "Unexpected failure: " + e, List.of());
    e.printStackTrace(around.err());
    return ExitCode.FAILED;
  }

  private static void complain(CliEnvironment around, @Nullable String what, List<String> advice) {
    around.err().println("error: " + printable(String.valueOf(what)));
    advice.stream()
        .filter(a -> !a.isEmpty())
        .forEach(a -> around.err().println("  " + printable(a)));
  }

  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
