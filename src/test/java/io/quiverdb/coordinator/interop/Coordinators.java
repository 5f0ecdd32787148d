// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.interop;

import static org.awaitility.Awaitility.await;

import io.quiverdb.coordinator.dev.cluster.LocalEnsemble;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import io.quiverdb.coordinator.dev.quiver.DevKey;
import io.quiverdb.coordinator.dev.quiver.QuiverClient;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.RealQuiver;
import io.quiverdb.coordinator.process.BuiltJar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Something that serves a coordinator's REST surface at one or more base URLs. */
interface Coordinators extends AutoCloseable {
  /** One key for each role. */
  List<DevKey> KEYS =
      List.of(
          DevKey.of("adm", DevKey.Role.ADMIN),
          DevKey.of("wri", DevKey.Role.WRITE),
          DevKey.of("rea", DevKey.Role.READ));

  /** Where it is asked: any of them will do. */
  List<String> urls();

  @Override
  void close();

  /** Quiver's own, which is one process. */
  static Coordinators real(QuiverVersion version, List<String> seedShards, boolean keyed)
      throws IOException {
    RealQuiver process =
        RealQuiver.of(version, keyed ? KEYS : List.of())
            .with("QUIVER_COORDINATOR", "true")
            .with("QUIVER_CLUSTER_SHARDS", seedShards.toString())
            .start();
    return new Coordinators() {
      @Override
      public List<String> urls() {
        return List.of(process.url());
      }

      @Override
      public void close() {
        process.close();
      }
    };
  }

  /** Three members of ours, ready. */
  static Ours ours(Path folder, List<String> seedShards, boolean keyed) throws IOException {
    List<String> program = BuiltJar.arguments(List.of());
    String keys =
        KEYS.stream()
            .map(
                key ->
                    "{ id: %s, role: %s, secret: %s }"
                        .formatted(
                            key.secret(), key.role().name().toLowerCase(Locale.ROOT), key.secret()))
            .collect(Collectors.joining(", ", "{ api_keys: [ ", " ] }"));
    LocalEnsemble ensemble =
        LocalEnsemble.prepare(
            new LocalEnsemble.Plan(
                3,
                folder,
                0,
                seedShards,
                List.of(),
                "auth: " + (keyed ? keys : "{ insecure: true }") + "\n",
                program));
    Ours ours = new Ours(ensemble);
    try {
      ours.start();
      return ours;
    } catch (RuntimeException e) {
      ours.close();
      throw e;
    }
  }

  /** An ensemble of processes. */
  final class Ours implements Coordinators {
    private final LocalEnsemble ensemble;

    Ours(LocalEnsemble ensemble) {
      this.ensemble = ensemble;
    }

    void start() {
      ensemble.start();
      ensemble.members().forEach(Ours::awaitReady);
    }

    private static void awaitReady(MemberProcess member) {
      await("readiness of " + member.id() + ", see " + member.output())
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(50))
          .until(() -> status(member.http().toString(), "/readyz") == 200);
    }

    private static int status(String url, String path) {
      try {
        return QuiverClient.of(url).get(path).status();
      } catch (UncheckedIOException e) {
        return 0;
      }
    }

    @Override
    public List<String> urls() {
      return ensemble.members().stream().map(member -> member.http().toString()).toList();
    }

    /** Ends the leader as a power failure would; the place in {@link #urls} that it had. */
    int killLeader() {
      int leader =
          await("a leader")
              .atMost(Duration.ofSeconds(30))
              .until(this::leader, Optional::isPresent)
              .orElseThrow();
      ensemble.members().get(leader).kill();
      return leader;
    }

    private Optional<Integer> leader() {
      for (int i = 0; i < urls().size(); i++) {
        QuiverClient client = QuiverClient.of(urls().get(i)).withKey("adm");
        try {
          if (client.get("/cluster/status").json().path("role").asText().equals("leader")) {
            return Optional.of(i);
          }
        } catch (UncheckedIOException e) {
          continue;
        }
      }
      return Optional.empty();
    }

    @Override
    public void close() {
      ensemble.members().forEach(MemberProcess::kill);
    }
  }
}
