// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Three members of the built jar, c1 to c3, on a host of {@link Namespaces} each. */
final class HostedMembers implements AutoCloseable {
  static final int HTTP = 6335;
  static final int RAFT = 6336;
  static final List<Integer> HOSTS = List.of(1, 2, 3);

  /** Three start at once. */
  private static final Duration START = Ensemble.PATIENCE.multipliedBy(2);

  final Namespaces network;
  private final Path folder;
  private final String settings;
  private final List<Process> members = new ArrayList<>();

  private HostedMembers(Path folder, int spare, Function<Namespaces, String> settings) {
    this.folder = folder;
    this.network = Namespaces.orAbort(HOSTS.size() + spare);
    this.settings = settings.apply(network);
  }

  /** Starts them, with elections that a busy machine does not begin by itself. */
  static HostedMembers started(Path folder) throws IOException {
    return started(folder, 0, network -> "bootstrap: { shards: [ \"http://127.0.0.1:1\" ] }\n");
  }

  /**
   * The same, with hosts from 4 on for others.
   *
   * @param settings what else each member's configuration says
   */
  static HostedMembers started(Path folder, int spare, Function<Namespaces, String> settings)
      throws IOException {
    HostedMembers all = new HostedMembers(folder, spare, settings);
    try {
      for (int host : HOSTS) {
        all.members.add(all.start(host));
      }
      HOSTS.forEach(all::awaitReady);
      return all;
    } catch (IOException | RuntimeException e) {
      String words = all.lastWords();
      all.close();
      throw new AssertionError(e.getMessage() + "\n" + words, e);
    }
  }

  private Process start(int host) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int h : HOSTS) {
      lines.append(
          "    - { id: c%d, raft: \"%s:%d\", http: \"http://%s:%d\" }%n"
              .formatted(h, network.address(h), RAFT, network.address(h), HTTP));
    }
    Path config = folder.resolve("c" + host + ".yaml");
    Files.writeString(
        config,
        """
        node: { id: c%d, data_dir: "%s" }
        ensemble:
          name: hosted
          timing: wan
          members:
        %shttp: { listen: "0.0.0.0:%d" }
        raft: { listen: "0.0.0.0:%d" }
        auth: { insecure: true }
        %s\
        """
            .formatted(host, folder.resolve("data" + host), lines, HTTP, RAFT, settings));
    List<String> java =
        BuiltJar.command(BuiltJar.UNOPTIMIZED, "serve", "--config", config.toString());
    return new ProcessBuilder(network.on(host, java))
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("c" + host + ".out").toFile())
        .start();
  }

  void awaitReady(int host) {
    await("readiness of c" + host)
        .atMost(START)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> get(host, "/readyz").ok());
  }

  Rest.Answer get(int host, String path) {
    return ask(host, "GET", path, "");
  }

  Rest.Answer post(int host, String path) {
    return ask(host, "POST", path, "");
  }

  Rest.Answer ask(int host, String method, String path, String body) {
    try {
      return network.http(host, HTTP, method, path, body);
    } catch (IOException e) {
      return new Rest.Answer(0, e.toString(), Optional.empty(), false);
    }
  }

  /** The host, of these, whose member says that it leads; waits for it. */
  int awaitLeader(List<Integer> among) {
    return await("a leader among " + among)
        .atMost(Ensemble.PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> among.stream().filter(this::leads).findFirst(), Optional::isPresent)
        .orElseThrow();
  }

  boolean leads(int host) {
    Rest.Answer status = get(host, "/cluster/status");
    return status.ok()
        && status.json().path("role").asText().equals("leader")
        && status.json().path("ready").asBoolean();
  }

  void kill(int host) {
    members.get(host - 1).destroyForcibly().onExit().join();
  }

  /** The last output of the members, for a failed test. */
  String lastWords() {
    return IntStream.rangeClosed(1, members.size())
        .mapToObj(
            host -> {
              try {
                return "--- c"
                    + host
                    + "\n"
                    + Ensemble.lastLines(Files.readString(folder.resolve("c" + host + ".out")));
              } catch (IOException e) {
                return e.toString();
              }
            })
        .reduce("", String::concat);
  }

  @Override
  public void close() {
    members.forEach(member -> member.destroyForcibly().onExit().join());
    network.close();
  }
}
