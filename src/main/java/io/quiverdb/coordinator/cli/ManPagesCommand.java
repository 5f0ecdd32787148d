// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code man-pages}: writes the manual pages of a package. */
@Command(
    name = "man-pages",
    hidden = true,
    description = "Writes a page of the manual for each command.")
final class ManPagesCommand implements Callable<Integer> {
  @Spec private CommandSpec self = CommandSpec.create();

  @Parameters(paramLabel = "FOLDER", description = "Where they go; made if it is not there.")
  private Path folder = Path.of("man1");

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(folder);
    write(self.root(), String.join(" ", self.root().version()));
    return ExitCode.OK;
  }

  private void write(CommandSpec command, String version) throws IOException {
    Files.writeString(folder.resolve(ManPage.name(command) + ".1"), ManPage.of(command, version));
    for (CommandSpec below : ManPage.shown(command)) {
      write(below, version);
    }
  }
}
