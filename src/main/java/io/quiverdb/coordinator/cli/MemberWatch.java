// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.cli.rest.RestAnswer;
import io.quiverdb.coordinator.cli.rest.RestException;
import io.quiverdb.coordinator.cli.rest.RestRequest;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Waits until a change of the members has ended, and prints what it waits for. */
final class MemberWatch {
  private static final RestRequest MEMBERS = RestRequest.get("/cluster/members");

  /** The asked member may lag behind the one that accepted the change. */
  private static final int LOOKS_WITHOUT_IT = 40;

  @Option(
      names = "--wait",
      description = "Return when the change has ended, and print what it waits for until then.")
  private boolean wait;

  /**
   * Returns the answer at once, or the members after the end of the change.
   *
   * @param id the member that the change is about
   * @param through whether the members are as requested
   */
  RestAnswer await(Session session, RestAnswer answer, String id, Predicate<JsonNode> through)
      throws RestException, CommandFailure, InterruptedException {
    if (!wait) {
      return answer;
    }
    PatientReads reads = new PatientReads(session);
    RestAnswer seen = answer;
    String said = "";
    int without = 0;
    while (true) {
      JsonNode change = seen.json().path("change");
      boolean underWay = Session.cell(change, "id").equals(id);
      if (!underWay && through.test(seen.json().path("members"))) {
        return seen;
      }
      without = underWay ? 0 : without + 1;
      if (without > LOOKS_WITHOUT_IT) {
        throw new CommandFailure(
            "Not done: the change of member " + id + " has ended, or was undone",
            "See quiver-coordinator members, and quiver-coordinator history.");
      }
      String waits = MembersView.change(change);
      if (underWay && !waits.equals(said)) {
        session.around().err().println(waits);
        said = waits;
      }
      PatientReads.pause();
      seen = reads.ask(MEMBERS);
    }
  }

  /** The row of a member, or null. */
  static @Nullable JsonNode row(JsonNode members, String id) {
    for (JsonNode member : members) {
      if (Session.cell(member, "id").equals(id)) {
        return member;
      }
    }
    return null;
  }
}
