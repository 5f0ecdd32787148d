// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ids}. */
@Command(
    name = "ids",
    description = "Allocates a new shard id and prints it.",
    footer = {"", "Example:", "  id=$(quiver-coordinator ids)"})
final class IdsCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ChangeOptions change = new ChangeOptions();

  IdsCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    session.print(
        session.change(change, "POST", "/cluster/ids"),
        answer -> List.of(Session.cell(answer, "id")));
    return ExitCode.OK;
  }
}
