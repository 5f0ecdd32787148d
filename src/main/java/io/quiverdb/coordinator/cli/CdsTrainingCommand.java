// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.cli.rest.Endpoint;
import io.quiverdb.coordinator.cli.rest.RestClient;
import io.quiverdb.coordinator.cli.rest.RestException;
import io.quiverdb.coordinator.cli.rest.RestRequest;
import io.quiverdb.coordinator.config.ConfigLoader;
import io.quiverdb.coordinator.config.CoordinatorConfig;
import io.quiverdb.coordinator.dev.cluster.FreePorts;
import io.quiverdb.coordinator.thread.DaemonThreads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code train-class-archive}: runs two members for a short time, so that a JVM with {@code
 * -XX:ArchiveClassesAtExit} records the classes for its archive. With the archive members start in
 * about half the time (JEP 350). A lone member would load nothing of what members use to talk with
 * each other.
 */
@Command(
    name = "train-class-archive",
    hidden = true,
    description = "Starts two members in a new folder, asks them a few things and ends them.")
final class CdsTrainingCommand implements Callable<Integer> {
  private static final List<String> IDS = List.of("r1", "r2");
  private static final int ATTEMPTS = 600;
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final int ROUNDS = 20;

  private final ServeRunner runner;

  @Parameters(paramLabel = "FOLDER", description = "Made for it; may be deleted afterwards.")
  private Path folder = Path.of("class-archive-training");

  CdsTrainingCommand(ServeRunner runner) {
    this.runner = runner;
  }

  @Override
  public Integer call() throws Exception {
    // An installation runs this as root: no other user of the machine may call these members.
    String key = UUID.randomUUID().toString();
    List<Integer> ports = FreePorts.take(2 * IDS.size());
    List<String> raft = ports.stream().limit(IDS.size()).map(port -> "127.0.0.1:" + port).toList();
    List<String> http = ports.stream().skip(IDS.size()).map(port -> "127.0.0.1:" + port).toList();
    Files.createDirectories(folder);
    List<CoordinatorConfig> configs = new ArrayList<>();
    for (int i = 0; i < IDS.size(); i++) {
      configs.add(config(i, raft, http, key));
    }
    List<Endpoint> members =
        http.stream().map(at -> Endpoint.parse("http://" + at).orElseThrow()).toList();
    DaemonThreads.start("other-member", () -> runOther(configs.get(1)));
    DaemonThreads.start("audience", () -> watch(members, key));
    return runner.run(configs.get(0));
  }

  private CoordinatorConfig config(int place, List<String> raft, List<String> http, String key)
      throws Exception {
    Path file = folder.resolve(IDS.get(place) + ".yaml");
    Files.writeString(
        file,
        """
        node: { id: %1$s, data_dir: "%2$s" }
        ensemble:
          name: training
          timing: wan # they share a JVM: on a busy machine it may stand still for a while
          members:
            - { id: r1, raft: "%3$s", http: "http://%4$s" }
            - { id: r2, raft: "%5$s", http: "http://%6$s" }
        http: { listen: "%7$s" }
        raft: { listen: "%8$s" }
        auth: { api_keys: [ { id: training, role: admin, secret: %9$s } ] }
        bootstrap: { shards: [ "http://127.0.0.1:1" ] }
        """
            .formatted(
                IDS.get(place),
                Files.createTempDirectory(folder, "data"),
                raft.get(0),
                http.get(0),
                raft.get(1),
                http.get(1),
                http.get(place),
                raft.get(place),
                key));
    return ConfigLoader.load(Optional.of(file), Map.of()).config();
  }

  private void runOther(CoordinatorConfig config) {
    try {
      int unused = runner.run(config);
    } catch (Exception e) {
      failed(e);
    }
  }

  /** Ends this process like SIGTERM. */
  private static void watch(List<Endpoint> members, String key) {
    try {
      List<RestClient> clients =
          members.stream()
              .map(
                  member ->
                      new RestClient(
                          List.of(member),
                          Optional.of(key),
                          Duration.ofMinutes(1),
                          Optional.empty()))
              .toList();
      for (RestClient client : clients) {
        awaitMap(client);
      }
      for (int i = 0; i < ROUNDS; i++) {
        for (RestClient client : clients) {
          client.send(RestRequest.get("/cluster/status"));
          client.send(RestRequest.change("POST", "/cluster/ids", Optional.empty(), "ids-" + i));
        }
      }
      System.exit(ExitCode.OK);
    } catch (RestException | InterruptedException | RuntimeException e) {
      failed(e);
    }
  }

  private static void failed(Exception why) {
    System.err.println("Error: the training run failed: " + why);
    Runtime.getRuntime().halt(ExitCode.FAILED);
  }

  private static void awaitMap(RestClient client) throws RestException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        client.send(RestRequest.get("/cluster/map"));
        return;
      } catch (RestException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        Thread.sleep(PAUSE.toMillis());
      }
    }
  }
}
