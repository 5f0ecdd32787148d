// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One ensemble member in its own JVM, so that it can be killed. Thread-safe. */
public final class MemberProcess implements AutoCloseable {
  private static final long GRACE_SECONDS = 10;
  private static final int LAST_WORDS = 3_000;

  private final String id;
  private final URI http;
  private final List<String> command;
  private final Path output;
  private Optional<Process> process = Optional.empty();

  /**
   * A member that was not started yet.
   *
   * @param command what starts it
   * @param output the file that collects its output
   */
  public MemberProcess(String id, URI http, List<String> command, Path output) {
    this.id = id;
    this.http = http;
    this.command = List.copyOf(command);
    this.output = output;
  }

  /** The member's id. */
  public String id() {
    return id;
  }

  /** Base URL of its REST surface, without trailing slash. */
  public URI http() {
    return http;
  }

  /** The file that collects its standard output and standard error, over all its lives. */
  public Path output() {
    return output;
  }

  /** The end of its output, to find out why it failed. */
  public String lastWords() {
    try {
      String said = Files.readString(output);
      return "--- " + id + "\n" + said.substring(Math.max(0, said.length() - LAST_WORDS)) + "\n";
    } catch (IOException e) {
      return "--- " + id + ": its output cannot be read: " + e + "\n";
    }
  }

  /** Starts it; does nothing if it runs. */
  public synchronized void start() {
    if (alive()) {
      return;
    }
    try {
      process =
          Optional.of(
              new ProcessBuilder(command)
                  .redirectErrorStream(true)
                  .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                  .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                  .start());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start member " + id + ": " + command.get(0), e);
    }
  }

  /** Whether it runs. */
  public synchronized boolean alive() {
    return process.map(Process::isAlive).orElse(false);
  }

  /** Its process id, while it runs. */
  public synchronized Optional<Long> pid() {
    return process.filter(Process::isAlive).map(Process::pid);
  }

  /** Ends it at once, as a power failure would (SIGKILL), and waits until it is gone. */
  public synchronized void kill() {
    process.ifPresent(p -> p.destroyForcibly().onExit().orTimeout(5, TimeUnit.SECONDS).join());
  }

  /** Asks it to end (SIGTERM) without waiting. */
  public synchronized void terminate() {
    process.ifPresent(Process::destroy);
  }

  /**
   * Waits until it has ended.
   *
   * @return its exit code; empty if it still runs after {@code seconds}
   */
  public Optional<Integer> awaitExit(long seconds) {
    Optional<Process> current;
    synchronized (this) {
      current = process;
    }
    try {
      return current.isPresent() && current.get().waitFor(seconds, TimeUnit.SECONDS)
          ? Optional.of(current.get().exitValue())
          : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Ends it gracefully, and by force if it takes longer than 10 s. */
  @Override
  public void close() {
    terminate();
    if (alive() && awaitExit(GRACE_SECONDS).isEmpty()) {
      kill();
    }
  }
}
