// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.interop;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.quiver.QuiverClient;
import io.quiverdb.coordinator.dev.quiver.QuiverClient.Reply;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.interop.SingleNodeRequests.Asked;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same requests to Quiver's own coordinator and to three members of ours, each to any of the
 * three: the same statuses, the same maps byte for byte.
 */
@Tag("interop")
class SingleNodeDifferentialIT {
  private static final int REQUESTS = 1_500;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Set<Integer> REFUSED_FOR_ITS_FORM = Set.of(400, 415, 422);
  private static final List<String> SEEDS =
      List.of("http://127.0.0.1:1/s0", "http://127.0.0.1:1/s1");

  @TempDir Path folder;

  @Test
  void answersAsTheNewestWithoutKeys() throws IOException {
    compare(QuiverVersion.V1_1_0, false, 1);
  }

  @Test
  void answersAsTheNewestWithKeys() throws IOException {
    compare(QuiverVersion.V1_1_0, true, 2);
  }

  @Test
  void answersAsTheOldest() throws IOException {
    compare(QuiverVersion.V0_27_0, false, 3);
  }

  private void compare(QuiverVersion version, boolean keyed, long seed) throws IOException {
    List<String> differences = new ArrayList<>();
    try (AlwaysUp up = new AlwaysUp();
        Coordinators real = Coordinators.real(version, SEEDS, keyed);
        Coordinators ours = Coordinators.ours(folder, SEEDS, keyed)) {
      SingleNodeRequests requests = new SingleNodeRequests(seed, keyed, up.urls(8));
      Random nodes = new Random(seed);
      for (int i = 0; i < REQUESTS; i++) {
        Asked asked = requests.next();
        long before = mapVersion(real);
        Reply expected = asked.to(real.urls().get(0));
        String node = ours.urls().get(nodes.nextInt(ours.urls().size()));
        Reply actual = answer(asked, node, before, keyed);
        difference(version, expected, actual)
            .ifPresent(
                difference ->
                    differences.add(
                        asked
                            + "\n  real "
                            + expected
                            + "\n  ours "
                            + actual
                            + "\n  "
                            + difference));
        if (expected.status() == 200 && expected.type().equals("application/json")) {
          requests.learn(expected.json());
        }
        if (!asked.method().equals("GET")
            && (expected.status() == 200) != (actual.status() == 200)) {
          // From here on the maps differ: nothing that follows would tell anything new.
          break;
        }
      }
      QuiverClient last = QuiverClient.of(real.urls().get(0)).withKey("adm");
      if (differences.isEmpty()) {
        assertTrue(last.get("/cluster/map").json().path("version").asLong() > 100, "few changes");
      }
    }
    assertEquals(
        0,
        differences.size(),
        () ->
            differences.size()
                + " differences with seed "
                + seed
                + ", the first:\n"
                + String.join("\n", differences.subList(0, Math.min(5, differences.size()))));
  }

  private static long mapVersion(Coordinators real) {
    return QuiverClient.of(real.urls().get(0))
        .withKey("adm")
        .get("/cluster/map")
        .json()
        .path("version")
        .asLong();
  }

  /**
   * What a member answers once it has the changes made through the others. A 503 says that nothing
   * was done, as while another member is being elected: the caller is to ask again.
   */
  private static Reply answer(Asked asked, String node, long version, boolean keyed) {
    QuiverClient member = keyed ? QuiverClient.of(node).withKey("adm") : QuiverClient.of(node);
    Reply caughtUp = taken(() -> member.get("/cluster/map?wait=20s&min_version=" + version));
    assertEquals(200, caughtUp.status(), caughtUp::toString);
    return taken(() -> asked.to(node));
  }

  private static Reply taken(Callable<Reply> request) {
    return await("an answer that is no 503")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(request, reply -> reply.status() != 503);
  }

  private static Optional<String> difference(QuiverVersion version, Reply expected, Reply actual) {
    if (actual.status() == 403 && REFUSED_FOR_ITS_FORM.contains(expected.status())) {
      // Who may change nothing is told that first here, whatever is wrong with the request besides.
      return Optional.empty();
    }
    if (expected.status() != actual.status()) {
      return Optional.of("statuses differ");
    }
    if (expected.status() == 200) {
      String body =
          version == QuiverVersion.V0_27_0
              ? actual.body().replace(",\"leaving\":[]}", "}")
              : actual.body();
      return expected.body().equals(body) && sameType(expected, actual)
          ? Optional.empty()
          : Optional.of("answers differ");
    }
    if (expected.status() == 405 && !methods(expected).equals(methods(actual))) {
      return Optional.of("Allow differs");
    }
    // Wherever the real one says nothing or says it in plain text, ours says it as a problem.
    return actual.type().equals("application/problem+json")
            && actual.json().path("status").asInt() == actual.status()
        ? Optional.empty()
        : Optional.of("no problem document");
  }

  /** White space before a parameter says nothing. */
  private static boolean sameType(Reply expected, Reply actual) {
    return expected.type().replace("; ", ";").equals(actual.type().replace("; ", ";"));
  }

  private static TreeSet<String> methods(Reply reply) {
    TreeSet<String> methods = new TreeSet<>(Arrays.asList(reply.allow().split(",\\s*")));
    methods.remove("");
    return methods;
  }
}
