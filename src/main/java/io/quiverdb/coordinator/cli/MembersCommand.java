// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.cli.rest.RestAnswer;
import io.quiverdb.coordinator.cli.rest.RestRequest;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code members}. */
@Command(
    name = "members",
    description = "Lists the members of the ensemble, changes them, or transfers the leadership.",
    footer = {
      "",
      "Examples:",
      "  quiver-coordinator members",
      "  quiver-coordinator members transfer c2",
      "  quiver-coordinator members add c4 --raft h4:6336 --http http://h4:6335 --wait",
      "  quiver-coordinator members replace c2 c5 --raft h5:6336 --http http://h5:6335 --wait",
      "  quiver-coordinator members remove c4 --yes"
    })
final class MembersCommand implements Callable<Integer> {
  private static final String PATH = "/cluster/members";

  private final Session session;

  MembersCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    return list();
  }

  @Command(
      name = "list",
      description = "Prints each member with its role, whether it votes, and its health.")
  int list() throws Exception {
    return print(session.get(PATH));
  }

  @Command(
      name = "transfer",
      description = "Transfers the leadership, for example before the leader is stopped.")
  int transfer(
      @Parameters(
              paramLabel = "ID",
              arity = "0..1",
              defaultValue = "",
              description = "The member to lead next; without it, the one with the longest log.")
          String to,
      @Mixin ChangeOptions change)
      throws Exception {
    ObjectNode body = Session.object();
    if (!to.isEmpty()) {
      body.put("to", to);
    }
    session.print(
        session.change(change, "POST", "/cluster/leader/transfer", body),
        answer -> List.of("leader " + Session.cell(answer, "leader")));
    return ExitCode.OK;
  }

  @Command(
      name = "add",
      description =
          "Adds a member. It does not vote before it has caught up: start it with an empty data"
              + " directory and ensemble.join.")
  int add(
      @Parameters(paramLabel = "ID", description = "Of the new member, its node.id.") String id,
      @Mixin MemberAddressOptions addresses,
      @Mixin MemberWatch watch,
      @Mixin ChangeOptions change)
      throws Exception {
    RestAnswer begun = session.change(change, "POST", PATH, addresses.body(id));
    return print(watch.await(session, begun, id, members -> votes(members, id)));
  }

  @Command(
      name = "remove",
      description =
          "Removes a member, dead or alive. Its process ends with exit code 4, and its data"
              + " directory never votes again.")
  int remove(
      @Parameters(paramLabel = "ID", description = "Of the member to remove.") String id,
      @Option(names = "--force", description = "Also if an even number of members is left.")
          boolean force,
      @Mixin MemberWatch watch,
      @Mixin ChangeOptions change,
      @Mixin Confirmation consent)
      throws Exception {
    consent.require(
        session.around(), "Remove member " + id + "? Its data directory is of no use after that.");
    String query = "?id=" + RestRequest.encoded(id) + (force ? "&force=true" : "");
    RestAnswer begun = session.change(change, "DELETE", PATH + query);
    return print(watch.await(session, begun, id, members -> MemberWatch.row(members, id) == null));
  }

  @Command(
      name = "set-address",
      description =
          "Changes where a member is reached, which keeps its data. A name whose IP address changes"
              + " needs no command.")
  int setAddress(
      @Parameters(paramLabel = "ID", description = "Of the member.") String id,
      @Mixin MemberAddressOptions addresses,
      @Mixin MemberWatch watch,
      @Mixin ChangeOptions change)
      throws Exception {
    RestAnswer begun =
        session.change(change, "PUT", PATH + "/" + RestRequest.encoded(id), addresses.body());
    return print(watch.await(session, begun, id, members -> MemberWatch.row(members, id) != null));
  }

  @Command(
      name = "replace",
      description =
          "Adds a member and, as soon as it votes, removes another one, which may be dead.")
  int replace(
      @Parameters(paramLabel = "OLD", description = "The member to remove.") String old,
      @Parameters(paramLabel = "NEW", description = "The id of the new one.") String id,
      @Mixin MemberAddressOptions addresses,
      @Mixin MemberWatch watch,
      @Mixin ChangeOptions change,
      @Mixin Confirmation consent)
      throws Exception {
    consent.require(
        session.around(),
        "Replace member "
            + old
            + " by "
            + id
            + "? The data directory of "
            + old
            + " is of no use after that.");
    RestAnswer begun =
        session.change(
            change, "POST", PATH + "/" + RestRequest.encoded(old) + "/replace", addresses.body(id));
    return print(
        watch.await(
            session,
            begun,
            id,
            members -> votes(members, id) && MemberWatch.row(members, old) == null));
  }

  private static boolean votes(JsonNode members, String id) {
    @Nullable JsonNode row = MemberWatch.row(members, id);
    return row != null && row.path("voter").asBoolean();
  }

  private int print(RestAnswer answer) {
    session.print(answer, members -> MembersView.lines(session, members));
    return ExitCode.OK;
  }
}
