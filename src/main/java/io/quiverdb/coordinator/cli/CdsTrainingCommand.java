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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code train-class-archive}: runs a member for a short time, so that a JVM with {@code
 * -XX:ArchiveClassesAtExit} records the classes for its archive. With the archive members start in
 * about half the time (JEP 350).
 */
@Command(
    name = "train-class-archive",
    hidden = true,
    description = "Starts a lone member in a new folder, asks it a few things and ends it.")
final class CdsTrainingCommand implements Callable<Integer> {
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
    // An installation runs this as root: no other user of the machine may call this member.
    String key = UUID.randomUUID().toString();
    List<Integer> ports = FreePorts.take(2);
    String http = "127.0.0.1:" + ports.get(0);
    String raft = "127.0.0.1:" + ports.get(1);
    Files.createDirectories(folder);
    Path file = folder.resolve("member.yaml");
    Files.writeString(
        file,
        """
        node: { id: r1, data_dir: "%1$s" }
        ensemble:
          name: training
          members: [ { id: r1, raft: "%2$s", http: "http://%3$s" } ]
        http: { listen: "%3$s" }
        raft: { listen: "%2$s" }
        auth: { api_keys: [ { id: training, role: admin, secret: %4$s } ] }
        bootstrap: { shards: [ "http://127.0.0.1:1" ] }
        """
            .formatted(Files.createTempDirectory(folder, "data"), raft, http, key));
    CoordinatorConfig config = ConfigLoader.load(Optional.of(file), Map.of()).config();
    DaemonThreads.start(
        "audience", () -> watch(Endpoint.parse("http://" + http).orElseThrow(), key));
    return runner.run(config);
  }

  /** Ends this process like SIGTERM. */
  private static void watch(Endpoint member, String key) {
    try {
      RestClient client =
          new RestClient(
              List.of(member), Optional.of(key), Duration.ofMinutes(1), Optional.empty());
      awaitMap(client);
      for (int i = 0; i < ROUNDS; i++) {
        client.send(RestRequest.get("/cluster/status"));
        client.send(RestRequest.change("POST", "/cluster/ids", Optional.empty(), "ids-" + i));
      }
      System.exit(ExitCode.OK);
    } catch (RestException | InterruptedException | RuntimeException e) {
      System.err.println("Error: the training run failed: " + e);
      Runtime.getRuntime().halt(ExitCode.FAILED);
    }
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
