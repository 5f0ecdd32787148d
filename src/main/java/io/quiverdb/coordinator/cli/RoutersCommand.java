// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.cli.Table.Cell;
import io.quiverdb.coordinator.cli.rest.RestAnswer;
import io.quiverdb.coordinator.cli.rest.RestRequest;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code routers}. */
@Command(
    name = "routers",
    description = "Lists the registered routers, or changes the registry.",
    footer = {
      "",
      "A registered URL is one router process, never a load balancer.",
      "",
      "Examples:",
      "  quiver-coordinator routers",
      "  quiver-coordinator routers add http://r1:6330",
      "  quiver-coordinator routers remove http://r1:6330 --yes"
    })
final class RoutersCommand implements Callable<Integer> {
  private static final String PATH = "/cluster/routers";

  private final Session session;

  RoutersCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    return list();
  }

  @Command(name = "list", description = "Prints each router with the map version it has adopted.")
  int list() throws Exception {
    return print(session.get(PATH));
  }

  @Command(name = "add", description = "Registers a router: its adoption of maps is then watched.")
  int add(
      @Parameters(paramLabel = "URL", description = "Of the router.") String url,
      @Mixin ChangeOptions change)
      throws Exception {
    return print(session.change(change, "POST", PATH, Session.object().put("url", url)));
  }

  @Command(name = "remove", description = "Removes a router from the registry.")
  int remove(
      @Parameters(paramLabel = "URL", description = "Of the router.") String url,
      @Option(
              names = "--force",
              description = "Also while a migration waits for it; it must no longer serve.")
          boolean force,
      @Mixin ChangeOptions change,
      @Mixin Confirmation consent)
      throws Exception {
    consent.require(
        session.around(), "Remove the router " + url + "? Migrations will no longer wait for it.");
    String query = "?url=" + RestRequest.encoded(url) + (force ? "&force=true" : "");
    return print(session.change(change, "DELETE", PATH + query));
  }

  private int print(RestAnswer answer) {
    session.print(answer, this::lines);
    return ExitCode.OK;
  }

  private List<String> lines(JsonNode answer) {
    Table table = new Table("ROUTER", "MAP VERSION", "CONFIRMED", "LAST CONTACT", "LAST ERROR");
    for (JsonNode router : answer.path("routers")) {
      String confirmed = Session.cell(router, "confirmed");
      table.row(
          List.of(
              MapView.plain(Session.cell(router, "url")),
              MapView.plain(Session.cell(router, "map_version")),
              new Cell(confirmed, confirmed.equals("no") ? CellStyle.DOUBTFUL : CellStyle.PLAIN),
              MapView.plain(Session.cell(router, "last_contact")),
              MapView.plain(Session.cell(router, "last_error"))));
    }
    return session.lines(table);
  }
}
