// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Vectors printed by the quiverdb-cluster crate 1.1.0 itself. */
class GoldenVectorsTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Test
  void ownersAndDonorsAreThoseOfQuiver() throws IOException {
    int points = 0;
    for (JsonNode line : lines("rendezvous.jsonl")) {
      List<Shard> shards = new ArrayList<>();
      line.get("shards").forEach(id -> shards.add(new Shard(id.longValue(), "", List.of())));
      ShardMap map = new ShardMap(0, shards, ids(line.get("joining")), ids(line.get("leaving")));
      for (JsonNode point : line.get("points")) {
        String id = point.get(0).textValue();
        assertEquals(optional(point.get(1)), RendezvousHash.owner(map, id), () -> "owner " + line);
        assertEquals(optional(point.get(2)), RendezvousHash.donor(map, id), () -> "donor " + line);
        points++;
      }
    }
    assertTrue(points > 4_000, "read " + points + " points");
  }

  @Test
  void ownerDoesNotDependOnTheOrderOfTheList() throws IOException {
    for (JsonNode line : lines("rendezvous.jsonl").subList(0, 50)) {
      List<Shard> shards = new ArrayList<>();
      line.get("shards").forEach(id -> shards.add(0, new Shard(id.longValue(), "", List.of())));
      ShardMap reversed =
          new ShardMap(0, shards, ids(line.get("joining")), ids(line.get("leaving")));
      for (JsonNode point : line.get("points")) {
        assertEquals(
            optional(point.get(1)), RendezvousHash.owner(reversed, point.get(0).textValue()));
      }
    }
  }

  @Test
  void hashOfKnownTexts() {
    assertEquals(0xcbf29ce484222325L, RendezvousHash.fnv1a64(""));
    assertEquals(0xa430d84680aabd0bL, RendezvousHash.fnv1a64("hello"));
  }

  @Test
  void rulesOfTheMapAreThoseOfQuiver() throws IOException {
    int accepted = 0;
    int refused = 0;
    for (JsonNode line : lines("map-rules.jsonl")) {
      ShardMap map = map(line.get("start"));
      for (JsonNode step : line.get("steps")) {
        MapChange change = operation(map, step);
        boolean taken = change instanceof MapChange.Changed;
        assertEquals(step.get("accepted").booleanValue(), taken, () -> "step " + step);
        map = change instanceof MapChange.Changed changed ? changed.map() : map;
        assertEquals(map(step.get("map")), map, () -> "step " + step);
        accepted += taken ? 1 : 0;
        refused += taken ? 0 : 1;
      }
    }
    assertTrue(accepted > 500 && refused > 400, accepted + " accepted, " + refused + " refused");
  }

  private static MapChange operation(ShardMap map, JsonNode step) {
    long id = step.get("id").longValue();
    return switch (step.get("op").textValue()) {
      case "add" ->
          map.add(id, step.get("primary_url").textValue(), texts(step.get("replica_urls")));
      case "add_joining" ->
          map.addJoining(id, step.get("primary_url").textValue(), texts(step.get("replica_urls")));
      case "promote" -> map.promote(id);
      case "remove" -> map.remove(id);
      case "mark_leaving" -> map.markLeaving(id);
      case "cancel_leave" -> map.cancelLeave(id);
      default -> throw new IllegalArgumentException(step.toString());
    };
  }

  private static ShardMap map(JsonNode node) {
    List<Shard> shards = new ArrayList<>();
    for (JsonNode shard : node.get("shards")) {
      shards.add(
          new Shard(
              shard.get("id").longValue(),
              shard.get("primary_url").textValue(),
              texts(shard.get("replica_urls"))));
    }
    return new ShardMap(
        node.get("version").longValue(),
        shards,
        ids(node.get("joining")),
        ids(node.get("leaving")));
  }

  private static OptionalLong optional(JsonNode id) {
    return id.isNull() ? OptionalLong.empty() : OptionalLong.of(id.longValue());
  }

  private static List<Long> ids(JsonNode array) {
    List<Long> ids = new ArrayList<>();
    array.forEach(id -> ids.add(id.longValue()));
    return ids;
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.textValue()));
    return texts;
  }

  private static List<JsonNode> lines(String name) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    GoldenVectorsTest.class.getResourceAsStream("/golden/" + name)),
                StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(MAPPER.readTree(line));
      }
    }
    return lines;
  }
}
