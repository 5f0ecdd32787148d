// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.cluster.LocalEnsemble;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An ensemble of 0.1.0 takes this build, member by member, while a client writes: back again while
 * one member still runs the old one, and on. {@code make interop} builds the old jar from its tag.
 */
@Tag("interop")
class UpgradeIT {
  private static final Path RELEASED =
      Path.of(".cache", "released", "0.1.0", "quiver-coordinator.jar").toAbsolutePath();

  /** Each member is down for seconds; two that share a busy machine then elect twice. */
  private static final Duration LONGEST_REFUSAL = Duration.ofSeconds(10);

  @TempDir Path folder;
  private final Rest rest = new Rest();
  private final Map<String, MemberProcess> running = new TreeMap<>();
  private LocalEnsemble old;

  @AfterEach
  void end() {
    running.values().forEach(MemberProcess::kill);
  }

  private void prepare() throws Exception {
    if (!Files.exists(RELEASED)) {
      throw new IllegalStateException(RELEASED + " is missing: make interop builds it");
    }
    old =
        LocalEnsemble.prepare(
            new LocalEnsemble.Plan(
                3,
                folder,
                0,
                List.of("http://127.0.0.1:1", "http://127.0.0.1:2"),
                List.of(),
                "auth: { insecure: true }\n",
                List.of(
                    "-Xmx96m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-jar",
                    RELEASED.toString())));
    old.members().forEach(member -> running.put(member.id(), member));
  }

  private MemberProcess built(String id) {
    return new MemberProcess(
        id,
        old.member(id).http(),
        BuiltJar.command(
            BuiltJar.UNOPTIMIZED, "serve", "--config", folder.resolve(id + ".yaml").toString()),
        folder.resolve(id + ".out"));
  }

  private void restartAs(MemberProcess next) {
    running.get(next.id()).close();
    assertEquals(
        0,
        running.get(next.id()).awaitExit(20).orElse(-1),
        () -> running.get(next.id()).lastWords());
    running.put(next.id(), next);
    next.start();
    awaitReady(next);
  }

  private void awaitReady(MemberProcess member) {
    await("readiness of " + member.id())
        .atMost(Ensemble.PATIENCE)
        .until(() -> rest.get(member.http(), "/readyz").status() == 200);
  }

  private JsonNode members(String id) {
    return rest.get(running.get(id).http(), "/cluster/members").json();
  }

  private String lastWords() {
    StringBuilder words = new StringBuilder();
    running.values().forEach(member -> words.append(member.lastWords()));
    return words.toString();
  }

  @Test
  void memberByMemberBackAgainAndOnWhileAClientWrites() throws Exception {
    prepare();
    running.values().forEach(MemberProcess::start);
    List.copyOf(running.values()).forEach(this::awaitReady);
    IdWriter writer = IdWriter.atAll(() -> List.copyOf(running.values()));

    restartAs(built("c1"));
    restartAs(built("c2"));
    assertEquals(1, members("c1").path("members").path(0).path("format").asInt());
    Rest.Answer early =
        rest.post(
            running.get("c1").http(),
            "/cluster/members",
            "{\"id\":\"c4\",\"raft\":\"127.0.0.1:4\",\"http\":\"http://127.0.0.1:44\"}");
    assertFalse(early.ok(), early::body);
    restartAs(old.member("c1"));
    restartAs(old.member("c2"));
    for (String id : List.of("c1", "c2", "c3")) {
      restartAs(built(id));
    }
    rest.awaitFormat2(running.get("c1").http());
    assertEquals(2, members("c1").path("members").path(0).path("format").asInt());
    writer.end();
    running.values().forEach(writer::assertNothingLostAt);
    System.out.println("0.1.0 to this build: " + writer);
    running.get("c3").close();
    MemberProcess tooOld = old.member("c3");
    running.put("c3", tooOld);
    tooOld.start();
    assertEquals(1, tooOld.awaitExit(60).orElse(-1), tooOld::lastWords);
    assertTrue(
        tooOld.lastWords().contains("it raises the format to 2, this build writes up to format 1"),
        tooOld::lastWords);
    writer.assertNeverRefusedFor(LONGEST_REFUSAL, this::lastWords);
  }
}
