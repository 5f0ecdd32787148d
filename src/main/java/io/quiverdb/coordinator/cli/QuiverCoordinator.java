// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import picocli.CommandLine.Command;

/** The command without a subcommand. */
@Command(
    name = "quiver-coordinator",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "A replicated coordinator for the Quiver vector database.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: 0 done; 1 refused or failed; 2 wrong usage or configuration.",
      "",
      "Examples:",
      "  quiver-coordinator serve --config c1.yaml",
      "  quiver-coordinator status",
      "  quiver-coordinator shards add http://n4:6333",
      "  source <(quiver-coordinator completion)"
    })
final class QuiverCoordinator {}
