// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The commands below {@link QuiverCoordinator}. A command is made only when it is asked for:
 * picocli reads its annotations then, and for all of them together that takes longer than most
 * commands do.
 */
final class Subcommands {
  private static final String COMPLETION = "completion";
  private static final String MAN_PAGES = "man-pages";

  /** They describe all the others. */
  private static final Set<String> OF_ALL = Set.of(COMPLETION, MAN_PAGES);

  /** They ask no member. */
  private final Map<String, Supplier<Object>> local = new LinkedHashMap<>();

  private final Map<String, Supplier<Object>> client = new LinkedHashMap<>();

  Subcommands(GlobalOptions options, CliEnvironment around, ServeStarters starters) {
    Session session = new Session(options, around);
    local.put("serve", () -> new ServeCommand(around, starters.serve()));
    local.put("dev", () -> new DevCommand(starters.dev()));
    local.put("demo", () -> new DemoCommand(starters.demo()));
    local.put("train-class-archive", () -> new CdsTrainingCommand(starters.serve()));
    local.put(MAN_PAGES, ManPagesCommand::new);
    local.put("probe", () -> new ProbeCommand(around));
    local.put("recover", () -> new RecoverCommand(around, starters.recover()));
    client.put("status", () -> new StatusCommand(session));
    client.put("members", () -> new MembersCommand(session));
    client.put("console", () -> new ConsoleCommand(session));
    client.put("relay", () -> new RelayCommand(options, around));
    client.put("map", () -> new MapCommand(session));
    client.put("shards", () -> shards(session));
    client.put("migrations", () -> new MigrationsCommand(session));
    client.put("plan", () -> new PlansCommand(session));
    client.put("autoscale", () -> new AutoscaleCommand(session));
    client.put("verify", () -> new VerifyCommand(session));
    client.put("sweep", () -> new SweepCommand(session));
    client.put("locate", () -> new LocateCommand(session));
    client.put("spills", () -> new SpillsCommand(session));
    client.put("ids", () -> new IdsCommand(session));
    client.put("routers", () -> new RoutersCommand(session));
    client.put("history", () -> new HistoryCommand(session));
    client.put("events", () -> new EventsCommand(session));
    client.put("doctor", () -> new DoctorCommand(session));
    client.put("support-bundle", () -> new SupportBundleCommand(session));
    client.put("backup", () -> new BackupCommand(session));
    client.put("backups", () -> new BackupsCommand(session));
    client.put("restore", () -> new RestoreCommand(session));
  }

  private static CommandLine shards(Session session) {
    return new CommandLine(new ShardsCommand(session))
        .addSubcommand(new GrowCommand(session))
        .addSubcommand(new DrainCommand(session))
        .addSubcommand(new SetUrlCommand(session))
        .addSubcommand(new ReplicaCommand(session));
  }

  /**
   * Adds the command that the arguments begin with. If they begin with none, or with one that
   * describes all, adds all: for help, for options before a command, and for what was mistyped.
   */
  void addTo(CommandLine root, String... args) {
    String first = args.length == 0 ? "" : args[0];
    boolean known = local.containsKey(first) || client.containsKey(first);
    Set<String> wanted = known && !OF_ALL.contains(first) ? Set.of(first) : Set.of();
    local.forEach((name, command) -> add(root, name, command, wanted));
    root.getSubcommands().values().forEach(Subcommands::withoutClientOptions);
    client.forEach((name, command) -> add(root, name, command, wanted));
    if (wanted.isEmpty()) {
      CommandLine completion = completion();
      root.addSubcommand(COMPLETION, completion);
      withoutClientOptions(completion);
    }
    root.getSubcommands().values().forEach(Subcommands::addHelp);
  }

  private static void add(
      CommandLine root, String name, Supplier<Object> command, Set<String> wanted) {
    if (wanted.isEmpty() || wanted.contains(name)) {
      root.addSubcommand(name, command.get());
    }
  }

  private static CommandLine completion() {
    CommandLine completion = new CommandLine(new GenerateCompletion());
    completion.setCommandName(COMPLETION);
    completion
        .getCommandSpec()
        .usageMessage()
        .description("Prints a script that completes commands: source it in bash or zsh.");
    return completion;
  }

  /** Removes the options about members from commands that ask no member. */
  private static void withoutClientOptions(CommandLine local) {
    CommandSpec command = local.getCommandSpec();
    List.copyOf(command.options()).stream().filter(OptionSpec::inherited).forEach(command::remove);
  }

  private static void addHelp(CommandLine command) {
    if (command.getCommandSpec().findOption("--help") == null) {
      command
          .getCommandSpec()
          .addOption(
              OptionSpec.builder("-h", "--help")
                  .usageHelp(true)
                  .description("Show this help message and exit.")
                  .build());
    }
    command.getSubcommands().values().forEach(Subcommands::addHelp);
  }
}
