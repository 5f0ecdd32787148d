// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quiverdb.coordinator.dev.quiver.QuiverClient.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** One shard, and the requests that most tests of it begin with. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ShardUnderTest {
  static final String ALL = "/v1/collections";

  final QuiverFixture nodes;
  final QuiverVersion version;
  QuiverClient shard;

  ShardUnderTest(QuiverFixture nodes) {
    this.nodes = nodes;
    this.version = nodes.version();
  }

  @BeforeAll
  void start() throws IOException {
    shard = QuiverClient.of(nodes.shard(false));
  }

  @AfterAll
  void stop() {
    nodes.close();
  }

  /** The members that only the newer release reports. */
  String ready(boolean ready) {
    return version == QuiverVersion.V0_27_0 ? "" : ",\"index_ready\":" + ready;
  }

  String create(String name, String more) {
    Reply reply = shard.post(ALL, "{\"name\":\"" + name + "\"" + more + "}");
    assertEquals(200, reply.status(), reply::toString);
    return ALL + "/" + name;
  }

  void upsert(String collection, String points) {
    Reply reply = shard.post(collection + "/points", "{\"points\":[" + points + "]}");
    assertEquals(200, reply.status(), reply::toString);
  }

  static String point(String id) {
    return "{\"id\":\"" + id + "\",\"vector\":[1,2]}";
  }

  List<String> fetchedIds(String collection, String page) {
    List<String> ids = new ArrayList<>();
    shard
        .post(collection + "/fetch", page)
        .json()
        .path("points")
        .forEach(point -> ids.add(point.path("id").asText()));
    return ids;
  }
}
