// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quiverdb.coordinator.dev.quiver.QuiverClient;
import io.quiverdb.coordinator.dev.quiver.QuiverClient.Reply;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The intended differences from Quiver's own coordinator, as the documents describe them. */
@Tag("interop")
class SingleNodeDeviationsIT {
  private static final List<String> SEEDS = List.of("http://127.0.0.1:1", "http://127.0.0.1:2");

  private record Deviation(String what, String body, int real, int ours) {}

  private static final List<Deviation> DEVIATIONS =
      List.of(
          new Deviation("a URL of the map", "{\"primary_url\":\"http://127.0.0.1:1\"}", 200, 409),
          new Deviation(
              "spelt differently", "{\"primary_url\":\"HTTP://127.0.0.1:01/\"}", 200, 409),
          new Deviation(
              "a replica that is a primary",
              "{\"primary_url\":\"http://r:1\",\"replica_urls\":[\"http://127.0.0.1:2\"]}",
              200,
              409),
          new Deviation("no URL", "{\"primary_url\":\"not a url\"}", 200, 400),
          new Deviation("another scheme", "{\"primary_url\":\"ftp://x:1\"}", 200, 400),
          new Deviation("a query", "{\"primary_url\":\"http://x:1/?a\"}", 200, 400),
          new Deviation(
              "an empty replica",
              "{\"primary_url\":\"http://x:1\",\"replica_urls\":[\"\"]}",
              200,
              400),
          new Deviation("an array as the body", "[\"http://y:1\"]", 200, 422),
          new Deviation(
              "more than 1 MiB",
              "{\"primary_url\":\"http://z:1\",\"a\":\"" + "x".repeat(1_100_000) + "\"}",
              200,
              413));

  @TempDir Path folder;

  @Test
  void differsOnlyWhereItSaysSo() throws IOException {
    List<String> seen = new ArrayList<>();
    List<String> wanted = new ArrayList<>();
    try (Coordinators real = Coordinators.real(QuiverVersion.V1_1_0, SEEDS, false);
        Coordinators ours = Coordinators.ours(folder, SEEDS, false)) {
      for (Deviation deviation : DEVIATIONS) {
        wanted.add(deviation.what() + ": " + deviation.real() + " " + deviation.ours());
        seen.add(
            deviation.what()
                + ": "
                + add(real, deviation).status()
                + " "
                + add(ours, deviation).status());
      }
      Reply trimmed =
          QuiverClient.of(ours.urls().get(1))
              .post(
                  "/cluster/shards",
                  "{\"primary_url\":\"http://t:1\",\"replica_urls\":[\" http://t:2 \"]}");
      assertEquals(
          "http://t:2",
          trimmed.json().at("/shards/2/replica_urls/0").asText(),
          "replica URLs are trimmed, as primary URLs are");
    }
    assertEquals(wanted, seen);
  }

  /** RFC 9110 leaves the case of a scheme, and the white space behind it, to the caller. */
  @Test
  void readsAuthorizationAsTheStandardSays() throws IOException {
    try (Coordinators real = Coordinators.real(QuiverVersion.V1_1_0, SEEDS, true);
        Coordinators ours = Coordinators.ours(folder, SEEDS, true)) {
      for (String header : List.of("BEARER adm", "Bearer  adm")) {
        assertEquals(401, map(real, header), header);
        assertEquals(200, map(ours, header), header);
      }
    }
  }

  private static int map(Coordinators coordinators, String authorization) {
    return QuiverClient.of(coordinators.urls().get(0))
        .withAuthorization(authorization)
        .get("/cluster/map")
        .status();
  }

  private static Reply add(Coordinators coordinators, Deviation deviation) {
    return QuiverClient.of(coordinators.urls().get(0))
        .onItsOwnConnection()
        .send(
            "POST",
            "/cluster/shards",
            Optional.of("application/json"),
            Optional.of(deviation.body()));
  }
}
