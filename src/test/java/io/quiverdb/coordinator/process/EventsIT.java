// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.api.FollowedStream;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client of the events continues at another member when the leader is killed. */
@Tag("realtime")
class EventsIT {
  private static final int BEFORE = 50;
  private static final int AFTER = 50;
  private static final int MOST = 900;

  @TempDir Path folder;

  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicBoolean over = new AtomicBoolean();

  @AfterEach
  void stopWriting() {
    over.set(true);
  }

  @Test
  void noEventIsMissedAndNoneComesTwiceWhenTheLeaderIsKilled() throws Exception {
    try (Ensemble ensemble = Ensemble.started(folder)) {
      MemberProcess leader = ensemble.awaitLeader();
      MemberProcess next = ensemble.others(leader).get(0);
      MemberProcess third = ensemble.others(leader).get(1);
      Thread writer = new Thread(() -> write(ensemble, leader, next));
      writer.start();
      List<String> got = new ArrayList<>();
      try (FollowedStream first =
          FollowedStream.of(client, leader.http().resolve("/cluster/events?since=0"))) {
        await().atMost(Ensemble.PATIENCE).until(() -> first.ids("change").size() > BEFORE);
        leader.kill();
        await().atMost(Ensemble.PATIENCE).until(first::over);
        got.addAll(first.ids("change"));
      }
      try (FollowedStream second =
          FollowedStream.of(
              client,
              next.http().resolve("/cluster/events"),
              "Last-Event-ID",
              got.get(got.size() - 1))) {
        await().atMost(Ensemble.PATIENCE).until(() -> second.ids("change").size() > AFTER);
        over.set(true);
        writer.join(Duration.ofSeconds(20).toMillis());
        await()
            .atMost(Ensemble.PATIENCE)
            .untilAsserted(
                () -> {
                  List<String> all = new ArrayList<>(got);
                  all.addAll(second.ids("change"));
                  assertEquals(history(ensemble, third), plain(all));
                });
        assertTrue(second.ids("standing").size() == 1, second.events().toString());
      }
    }
  }

  private void write(Ensemble ensemble, MemberProcess... members) {
    // Fewer than the history keeps, with which the events are compared.
    int acknowledged = 0;
    for (int n = 0; !over.get() && acknowledged < MOST && n < 100_000; n++) {
      acknowledged += ensemble.allocate(members[n % members.length].http()) ? 1 : 0;
    }
  }

  /** The log indexes of the history, as a third member knows it. */
  private static List<Long> history(Ensemble ensemble, MemberProcess member) {
    List<Long> indexes = new ArrayList<>();
    JsonNode history = ensemble.rest.get(member.http(), "/cluster/history").json().path("history");
    for (JsonNode entry : history) {
      indexes.add(entry.path("index").asLong());
    }
    assertTrue(indexes.size() < 1_000, "all of it is still there");
    return indexes;
  }

  private static List<Long> plain(List<String> ids) {
    return ids.stream().map(Long::parseLong).toList();
  }
}
