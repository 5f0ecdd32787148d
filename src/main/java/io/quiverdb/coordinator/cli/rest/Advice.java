// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.rest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The meaning of a failure for the operator, and what to do next. */
final class Advice {
  private Advice() {}

  /**
   * @param unknownAt the member at which an earlier attempt may have taken effect
   */
  static RestException refused(RestRequest request, Reply reply, Optional<String> unknownAt) {
    List<String> advice = new ArrayList<>();
    switch (reply.status()) {
      case 401 -> advice.add("Give a key of the coordinator: QUIVER_API_KEY or --api-key.");
      case 403 -> advice.add("This takes a key with the role admin: QUIVER_API_KEY or --api-key.");
      case 404 ->
          advice.add(
              "See what there is: quiver-coordinator shards, routers, migrations or members.");
      case 412 ->
          advice.add("Look at the map again (quiver-coordinator map) before you repeat it.");
      case 503 ->
          advice.add(
              (request.method().equals("GET") ? "See" : "Nothing was changed. See")
                  + " quiver-coordinator status"
                  + reply.retryAfter().map(s -> ", and repeat it after " + s + " s.").orElse("."));
      default -> {
        if (reply.redirects()) {
          advice.add("Redirects are not followed: give the members themselves as --endpoint.");
        }
      }
    }
    addRepeat(advice, request, unknownAt);
    return new RestException(reply.problem(), advice, reply.passing());
  }

  static RestException nobody(
      RestRequest request,
      List<String> failures,
      Optional<String> unknownAt,
      @Nullable Reply passing) {
    String title = passing == null ? "Unreachable" : "No member could answer";
    List<String> advice = new ArrayList<>();
    advice.add(
        passing == null
            ? "Check that the members run, and --endpoint or QUIVER_COORDINATOR_URL."
            : "A majority of the members must be up and reach each other. Look at their logs.");
    addRepeat(advice, request, unknownAt);
    return new RestException(title + ": " + String.join("; ", failures), advice, true);
  }

  private static void addRepeat(
      List<String> advice, RestRequest request, Optional<String> unknownAt) {
    if (unknownAt.isPresent() && request.idempotencyKey().isPresent()) {
      advice.add(
          "The attempt at "
              + unknownAt.get()
              + " may have taken effect, or may still. To make sure, repeat the command with"
              + " --idempotency-key "
              + request.idempotencyKey().get()
              + ": it will not be done twice.");
    }
  }
}
