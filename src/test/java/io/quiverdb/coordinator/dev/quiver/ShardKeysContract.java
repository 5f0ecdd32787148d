// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quiverdb.coordinator.dev.quiver.QuiverClient.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The rights of each key on a shard, in memory or real. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ShardKeysContract {
  private static final String ALL = "/v1/collections";
  private static final String UNAUTHORIZED =
      "{\"detail\":\"missing or invalid API key\",\"status\":401,\"title\":\"Unauthorized\","
          + "\"type\":\"about:blank\"}";

  private final QuiverFixture nodes;
  private QuiverClient shard;

  @TempDir private Path disk;

  ShardKeysContract(QuiverFixture nodes) {
    this.nodes = nodes;
  }

  @BeforeAll
  void start() throws IOException {
    shard = QuiverClient.of(nodes.shard(true));
    QuiverClient admin = shard.withKey("adm");
    assertEquals(200, admin.post(ALL, "{\"name\":\"c\",\"dim\":1}").status());
    assertEquals(200, admin.post(ALL, "{\"name\":\"abc\",\"dim\":1}").status());
  }

  @AfterAll
  void stop() {
    nodes.close();
  }

  @Test
  void asksEverybodyForAKeyButTheProbes() {
    assertEquals(200, shard.get("/healthz").status());
    assertEquals(200, shard.get("/readyz").status());
    for (String path : List.of(ALL, ALL + "/c", "/cluster/map", "/nope")) {
      assertEquals("401 application/json " + UNAUTHORIZED, flat(shard.get(path)), path);
      assertEquals(401, shard.withKey("bad").get(path).status(), path);
    }
    assertEquals(401, shard.post(ALL + "/c/points", "{bad").status());
    assertEquals(200, shard.withAuthorization("bearer adm").get(ALL).status());
    for (String header : List.of("BEARER adm", "adm", "Bearer  adm", "Basic YWRtOg==")) {
      assertEquals(401, shard.withAuthorization(header).get(ALL).status(), header);
    }
  }

  private static String flat(Reply reply) {
    return reply.status() + " " + reply.type() + " " + reply.body();
  }

  @Test
  void letsEachRoleDoWhatItMay() {
    for (String key : List.of("adm", "wri", "rea")) {
      QuiverClient caller = shard.withKey(key);
      boolean writes = !key.equals("rea");
      boolean administers = key.equals("adm");
      assertEquals(200, caller.get(ALL + "/c").status());
      assertEquals(404, caller.get(ALL + "/c/points/x").status());
      assertEquals(200, caller.post(ALL + "/c/fetch", "{\"limit\":1}").status());
      assertEquals(200, caller.post(ALL + "/c/query", "{\"vector\":[1],\"k\":1}").status());
      check(writes, caller.post(ALL + "/c/points", "{\"points\":[]}"));
      check(writes, caller.post(ALL + "/c/points:bulk", "{\"points\":[]}"));
      check(writes, caller.delete(ALL + "/c/points", "{\"ids\":[]}"));
      check(writes, caller.delete(ALL + "/unused/points", "{\"ids\":[]}"));
      check(administers, caller.delete(ALL + "/unused"));
      check(administers, caller.post(ALL, "{\"name\":\"by-" + key + "\",\"dim\":1}"));
      check(administers, snapshot(caller, "by-" + key));
      caller.post(ALL + "/c/points", "{bad").isText(400);
      caller.get("/nope").isEmpty(404);
      assertEquals(405, caller.send("PUT", ALL, Optional.empty(), Optional.empty()).status(), key);
    }
  }

  @Test
  void writesASnapshotIntoANewDirectoryOnly() {
    QuiverClient admin = shard.withKey("adm");
    Reply written = snapshot(admin, "missing/parents/once");
    assertEquals(200, written.status(), written::toString);
    assertEquals(
        List.of("manifest_version", "files", "bytes"),
        written.json().properties().stream().map(Map.Entry::getKey).toList());
    Reply again = snapshot(admin, "missing/parents/once");
    again.isProblem(409);
    assertEquals(
        "already exists: " + disk.resolve("missing/parents/once").toAbsolutePath(),
        again.json().path("detail").asText());
    admin.post("/v1/snapshot", "{}").isText(422);
  }

  private Reply snapshot(QuiverClient caller, String name) {
    return caller.post(
        "/v1/snapshot", "{\"destination\":\"" + disk.resolve(name).toAbsolutePath() + "\"}");
  }

  private static void check(boolean allowed, Reply reply) {
    if (allowed) {
      assertEquals(200, reply.status(), reply::toString);
    } else {
      reply.isProblem(403);
    }
  }

  @Test
  void hidesWhatAKeyDoesNotCover() {
    QuiverClient scoped = shard.withKey("sco");
    assertEquals(1, scoped.get(ALL).json().size());
    assertEquals("abc", scoped.get(ALL).json().get(0).path("name").asText());
    assertEquals(200, scoped.get(ALL + "/abc").status());
    scoped.get(ALL + "/c").isProblem(403);
    scoped.get(ALL + "/unused").isProblem(403);
    scoped.get(ALL + "/c/points/x").isProblem(403);
    scoped.post(ALL + "/c/points", "{\"points\":[]}").isProblem(403);
    scoped.delete(ALL + "/unused").isProblem(403);
    scoped.delete(ALL + "/unused/points", "{\"ids\":[]}").isProblem(403);
    scoped.post(ALL, "{\"name\":\"other\",\"dim\":1}").isProblem(403);
    snapshot(scoped, "scoped").isProblem(403);
    scoped.delete(ALL + "/aaa").is("{\"existed\":false}");
  }
}
