// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import static org.awaitility.Awaitility.await;

import io.quiverdb.coordinator.dev.cluster.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A process of the published binary, on free ports of 127.0.0.1 and in a folder of its own. {@code
 * make interop} installs the binaries below {@code .cache/quiver}.
 */
public final class RealQuiver implements AutoCloseable {
  private static final Duration STARTUP = Duration.ofSeconds(20);
  private static final int STARTS = 3;

  private final ProcessBuilder command;
  private final Path folder;
  private String url;
  private String grpcUrl;
  private Process process;

  private RealQuiver(ProcessBuilder command, Path folder, String url, String grpcUrl)
      throws IOException {
    this.command = command;
    this.process = command.start();
    this.folder = folder;
    this.url = url;
    this.grpcUrl = grpcUrl;
  }

  /** A node without further roles: a shard. */
  public static Plan of(QuiverVersion version, List<DevKey> keys) {
    Plan plan = new Plan(version, Map.of(), keys);
    return keys.isEmpty()
        ? plan.with("QUIVER_INSECURE", "true")
        : plan.with("QUIVER_ENCRYPTION_KEY", "ab".repeat(32));
  }

  /** What to start; {@code environment} comes on top of this process's own. */
  public record Plan(QuiverVersion version, Map<String, String> environment, List<DevKey> keys) {
    public Plan with(String variable, String value) {
      Map<String, String> more = new HashMap<>(environment);
      more.put(variable, value);
      return new Plan(version, more, keys);
    }

    public RealQuiver start() throws IOException {
      Path binary = Path.of(".cache", "quiver", version.text(), "bin", "quiver").toAbsolutePath();
      if (!Files.isExecutable(binary)) {
        throw new IllegalStateException(binary + " is missing: make interop installs it");
      }
      for (int tries = 1; ; tries++) {
        RealQuiver started = launch(binary);
        try {
          started.awaitListening();
          return started;
        } catch (RuntimeException e) {
          started.close();
          if (tries == STARTS) {
            throw e;
          }
        }
      }
    }

    private RealQuiver launch(Path binary) throws IOException {
      Path folder = Files.createTempDirectory("quiver-");
      List<Integer> ports = FreePorts.take(2);
      ProcessBuilder builder =
          new ProcessBuilder(binary.toString(), "serve")
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("output").toFile()));
      builder.environment().putAll(environment);
      builder.environment().put("QUIVER_REST_ADDR", "127.0.0.1:" + ports.get(0));
      builder.environment().put("QUIVER_GRPC_ADDR", "127.0.0.1:" + ports.get(1));
      builder.environment().put("QUIVER_DATA_DIR", folder.resolve("data").toString());
      Files.writeString(folder.resolve("quiver.toml"), toml());
      return new RealQuiver(
          builder, folder, "http://127.0.0.1:" + ports.get(0), "http://127.0.0.1:" + ports.get(1));
    }

    private String toml() {
      return keys.isEmpty()
          ? ""
          : keys.stream()
              .map(
                  key ->
                      "{secret=\"%s\",role=\"%s\",collections=%s}"
                          .formatted(
                              key.secret(),
                              key.role().name().toLowerCase(Locale.ROOT),
                              key.collections().isEmpty()
                                  ? "[\"*\"]"
                                  : key.collections().stream()
                                      .map(c -> '"' + c + '"')
                                      .toList()
                                      .toString()))
              .collect(Collectors.joining(",", "api_keys = [", "]\n"));
    }
  }

  private void awaitListening() {
    await("start of " + url)
        .atMost(STARTUP)
        .pollInterval(Duration.ofMillis(20))
        .failFast("it ended: " + folder, () -> !process.isAlive())
        .until(this::listens);
  }

  private boolean listens() throws IOException {
    int port = Integer.parseInt(url.substring(url.lastIndexOf(':') + 1));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (ConnectException e) {
      return false;
    }
  }

  public String url() {
    return url;
  }

  /** Where a read replica follows it. */
  public String grpcUrl() {
    return grpcUrl;
  }

  public String output() throws IOException {
    return Files.readString(folder.resolve("output"));
  }

  /** Ends it at once (SIGKILL) and waits until it is gone; its data stays. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(5, TimeUnit.SECONDS)) {
      throw new IllegalStateException("process " + process.pid() + " outlives SIGKILL");
    }
  }

  /** Starts it again after {@link #kill}, at the same ports and with the same data. */
  public void restart() throws IOException {
    process = command.start();
    awaitListening();
  }

  /** The same at other ports. */
  public void restartElsewhere() throws IOException {
    List<Integer> ports = FreePorts.take(2);
    command.environment().put("QUIVER_REST_ADDR", "127.0.0.1:" + ports.get(0));
    command.environment().put("QUIVER_GRPC_ADDR", "127.0.0.1:" + ports.get(1));
    url = "http://127.0.0.1:" + ports.get(0);
    grpcUrl = "http://127.0.0.1:" + ports.get(1);
    restart();
  }

  /** Puts a copy of a snapshot in the place of its data, after {@link #kill}. */
  public void replaceData(Path snapshot) throws IOException {
    Path data = folder.resolve("data");
    delete(data);
    try (Stream<Path> files = Files.walk(snapshot)) {
      for (Path file : files.toList()) {
        Files.copy(file, data.resolve(snapshot.relativize(file)));
      }
    }
  }

  private static void delete(Path tree) throws IOException {
    if (Files.notExists(tree)) {
      return;
    }
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Starts a read replica again after {@link #kill}, as a primary with what it has. */
  public void restartAsPrimary() throws IOException {
    command.environment().remove("QUIVER_LEADER_URL");
    restart();
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** Ends it, by force if it must be, and takes its folder away; nothing if that was done. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try {
      delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
