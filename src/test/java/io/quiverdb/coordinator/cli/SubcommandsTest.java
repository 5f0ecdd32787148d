// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.cli.Typed.Shell;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** A command that is made alone equals the one that is made with all others. */
class SubcommandsTest {
  private final CommandLine all = root();

  @Test
  void eachIsFoundByItsOwnName() {
    assertTrue(all.getSubcommands().size() > 20);
    all.getSubcommands()
        .forEach((name, command) -> assertEquals(name, command.getCommandName(), name));
  }

  @Test
  void aCommandAloneIsWhatItIsAmongAll() {
    for (String name : all.getSubcommands().keySet()) {
      List<String> alone = List.copyOf(root(name).getSubcommands().keySet());
      if (name.equals("completion") || name.equals("man-pages")) {
        assertEquals(List.copyOf(all.getSubcommands().keySet()), alone);
      } else {
        assertEquals(List.of(name), alone);
        // The same options, arguments and commands below it, those of the root included.
        assertEquals(usage(all, name), usage(root(name), name));
      }
    }
  }

  @Test
  void whatWasMistypedIsComparedWithAll() {
    assertEquals(
        List.copyOf(all.getSubcommands().keySet()),
        List.copyOf(root("--json", "status").getSubcommands().keySet()));
    assertEquals(ExitCode.USAGE, new Shell().type("stauts").code());
  }

  private static String usage(CommandLine root, String name) {
    CommandLine command = root.getSubcommands().get(name);
    StringBuilder usage = new StringBuilder(command.getUsageMessage());
    command.getSubcommands().values().forEach(below -> usage.append(below.getUsageMessage()));
    return usage.toString();
  }

  private static CommandLine root(String... args) {
    GlobalOptions options = new GlobalOptions();
    CommandLine root = new CommandLine(new QuiverCoordinator()).addMixin("client", options);
    CliEnvironment around = CliEnvironment.ofThisProcess();
    new Subcommands(options, around, ServeStarters.ofThisBuild()).addTo(root, args);
    return root;
  }
}
