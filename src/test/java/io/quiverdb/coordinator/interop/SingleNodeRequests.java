// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.interop;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.dev.quiver.QuiverClient;
import io.quiverdb.coordinator.dev.quiver.QuiverClient.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A seeded stream of requests to the routes of Quiver's own coordinator, valid and invalid ones. It
 * avoids the intended differences, which have their own tests.
 */
final class SingleNodeRequests {
  /** One request; {@code key} is what stands behind {@code Authorization}, if anything does. */
  record Asked(
      String method,
      String path,
      Optional<String> contentType,
      Optional<String> body,
      Optional<String> authorization) {
    Reply to(String url) {
      QuiverClient client = QuiverClient.of(url);
      return authorization
          .map(client::withAuthorization)
          .orElse(client)
          .send(method, path, contentType, body);
    }
  }

  private static final Optional<String> JSON = Optional.of("application/json");
  private static final List<String> ADDS = List.of("/cluster/shards", "/cluster/shards/joining");
  private static final List<String> READS =
      List.of("/cluster/map", "/cluster/map?x=1", "/cluster/health", "/healthz", "/readyz");
  private static final List<String> NOWHERE =
      List.of("/nope", "/cluster", "/cluster/map/", "/cluster/shards/", "/cluster/shards/1/2", "/");
  private static final List<String> NO_IDS =
      List.of(
          "abc", "-1", "1.0", "0x1", "18446744073709551616", "1%20", "%20", "%D9%A1", "+", "%2B-1");
  private static final List<String> BROKEN =
      List.of(
          "",
          "{bad",
          "{\"primary_url\":",
          "{\"primary_url\":\"http://x:1\"} trailing",
          "{\"primary_url\":\"http://x:1\",}",
          "{'primary_url':'http://x:1'}",
          "{\"primary_url\":\"http://x:1\",\"a\":NaN}",
          "{\"primary_url\":\"http://x:1\",\"a\":01}",
          "{\"primary_url\":\"\\ud800\"}",
          "\uFEFF{\"primary_url\":\"http://x:1\"}");
  private static final List<String> WRONG =
      List.of(
          "{}",
          "[]",
          "null",
          "3",
          "\"x\"",
          "{\"primary_url\":3}",
          "{\"primary_url\":null}",
          "{\"replica_urls\":[]}",
          "{\"primary_url\":\"http://x:1\",\"replica_urls\":null}",
          "{\"primary_url\":\"http://x:1\",\"replica_urls\":\"x\"}",
          "{\"primary_url\":\"http://x:1\",\"replica_urls\":[1]}",
          "{\"primary_url\":\"http://x:1\",\"primary_url\":\"http://y:1\"}");
  private static final List<String> RIGHT_TYPES =
      List.of(
          "application/json; charset=utf-8",
          "APPLICATION/JSON",
          "application/vnd.x+json",
          "application/problem+json");
  private static final List<String> WRONG_TYPES =
      List.of("text/plain", "text/json", "application/xml", "application/jsonx");
  private static final List<String> WRONG_METHODS =
      List.of(
          "POST /cluster/map",
          "DELETE /cluster/map",
          "PUT /cluster/shards",
          "DELETE /cluster/shards/grow",
          "DELETE /cluster/shards/joining",
          "PATCH /cluster/shards/1",
          "GET /cluster/shards/1/promote",
          "POST /healthz");
  private static final List<String> KEYS =
      List.of("Bearer adm", "Bearer adm", "Bearer adm", "Bearer adm", "bearer adm", "Bearer rea");
  private static final List<String> ODD_KEYS =
      List.of("Bearer wri", "Bearer bad", "adm", "Basic YWRtOg==");

  private final Random random;
  private final boolean keyed;
  private final List<String> upShards;
  private int urls;
  private List<String> ids = List.of("0", "1");
  private List<String> joining = List.of();

  SingleNodeRequests(long seed, boolean keyed, List<String> upShards) {
    this.random = new Random(seed);
    this.keyed = keyed;
    this.upShards = new ArrayList<>(upShards);
  }

  /** Tells it the map, so that it can ask for what is there. */
  void learn(JsonNode map) {
    if (map.has("shards")) {
      List<String> now = new ArrayList<>();
      map.path("shards").forEach(shard -> now.add(shard.path("id").asText()));
      ids = now;
      List<String> nowJoining = new ArrayList<>();
      map.path("joining").forEach(id -> nowJoining.add(id.asText()));
      joining = nowJoining;
    }
  }

  Asked next() {
    int dice = random.nextInt(100);
    if (dice < 22) {
      return add(any(ADDS), goodBody(), dice < 5 ? any(RIGHT_TYPES) : "application/json");
    }
    if (dice < 36) {
      return bare("DELETE", "/cluster/shards/" + anyId());
    }
    if (dice < 48) {
      String id = random.nextBoolean() && !joining.isEmpty() ? any(joining) : anyId();
      return bare("POST", "/cluster/shards/" + id + "/promote");
    }
    if (dice < 62) {
      return bare("GET", any(READS));
    }
    if (dice < 68) {
      return add(any(ADDS), any(BROKEN), "application/json");
    }
    if (dice < 74) {
      return add(any(ADDS), any(WRONG), "application/json");
    }
    if (dice < 79) {
      return add(any(ADDS), goodBody(), any(WRONG_TYPES));
    }
    if (dice < 84) {
      return add(
          any(ADDS), "{\"primary_url\":\"" + any(List.of("", " ", "\\t ")) + "\"}", JSON.get());
    }
    if (dice < 92) {
      return random.nextBoolean()
          ? bare("DELETE", "/cluster/shards/" + any(NO_IDS))
          : bare("POST", "/cluster/shards/" + any(NO_IDS) + "/promote");
    }
    if (dice < 96) {
      String[] wrong = any(WRONG_METHODS).split(" ");
      return bare(wrong[0], wrong[1]);
    }
    return bare("GET", any(NOWHERE));
  }

  private Asked add(String path, String body, String type) {
    return new Asked("POST", path, Optional.of(type), Optional.of(body), key());
  }

  private Asked bare(String method, String path) {
    return new Asked(method, path, Optional.empty(), Optional.empty(), key());
  }

  private Optional<String> key() {
    if (!keyed || random.nextInt(12) == 0) {
      return Optional.empty();
    }
    return Optional.of(any(random.nextInt(5) == 0 ? ODD_KEYS : KEYS));
  }

  /** A URL that no other shard has; the white space around it is the caller's. */
  private String goodBody() {
    StringBuilder replicas = new StringBuilder();
    for (int i = random.nextInt(3); i > 0; i--) {
      replicas.append(replicas.isEmpty() ? "" : ",").append('"').append(url()).append('"');
    }
    String around = any(List.of("", "", " ", "\\n\\t"));
    String unknown = random.nextInt(4) == 0 ? ",\"zzz\":{\"a\":[1,null]}" : "";
    return "{\"primary_url\":\"%s\"%s%s}"
        .formatted(
            around + url() + around,
            replicas.isEmpty() ? "" : ",\"replica_urls\":[" + replicas + "]",
            unknown);
  }

  private String url() {
    urls++;
    if (!upShards.isEmpty()) {
      return upShards.remove(0);
    }
    return "http://127.0.0.1:1/x" + urls + (random.nextInt(4) == 0 ? "/" : "");
  }

  private String anyId() {
    int dice = random.nextInt(10);
    if (dice < 6) {
      return any(ids);
    }
    return dice < 7
        ? "0" + any(ids)
        : dice < 8 ? "+" + any(ids) : any(List.of("99999", "18446744073709551615", "%39%39"));
  }

  private <T> T any(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
