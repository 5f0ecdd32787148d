// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.quiverdb.coordinator.cli.rest.RestAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Stack;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code plan}. */
@Command(
    name = "plan",
    description = "Runs several migrations, one after the other.",
    footer = {
      "",
      "The steps are those of FILE, a JSON document as POST /cluster/plans takes it, or those of",
      "--grow and --drain in the order in which they are typed. A step that fails stops the plan.",
      "Exit code with --wait: 0 all steps are done, 4 the plan stopped or was cancelled.",
      "",
      "Examples:",
      "  quiver-coordinator plan --grow http://n4:6333 --drain 1 --dry-run",
      "  quiver-coordinator plan --grow http://n4:6333 --grow http://n5:6333 --wait",
      "  quiver-coordinator plan steps.json"
    })
final class PlansCommand implements Callable<Integer> {
  private static final String PATH = "/cluster/plans";

  /** The leader checks for 30 s at most, and a follower forwards its answer. */
  private static final Duration CHECK_TIMEOUT = Duration.ofSeconds(45);

  private final Session session;

  @Parameters(paramLabel = "FILE", arity = "0..1", description = "The steps; - is standard input.")
  private @Nullable String file;

  @Option(
      names = "--grow",
      paramLabel = "URL",
      parameterConsumer = Steps.class,
      description = "A step: add this shard.")
  @SuppressWarnings("UnusedVariable") // read by Steps
  private List<String> grows = new ArrayList<>();

  @Option(
      names = "--replica",
      paramLabel = "URL",
      parameterConsumer = Steps.class,
      description = "A read replica of the shard of the --grow before it; repeat it.")
  @SuppressWarnings("UnusedVariable") // read by Steps
  private List<String> replicas = new ArrayList<>();

  @Option(
      names = "--drain",
      paramLabel = "ID",
      parameterConsumer = Steps.class,
      description = "A step: drain this shard.")
  @SuppressWarnings("UnusedVariable") // read by Steps
  private List<String> drains = new ArrayList<>();

  @Option(names = "--dry-run", description = "Only say what would be moved, and how long it takes.")
  private boolean dryRun;

  @Option(names = "--wait", description = "Return when the plan has ended.")
  private boolean wait;

  @Mixin private ChangeOptions change = new ChangeOptions();

  private final ArrayNode steps = Session.object().putArray("steps");

  /** Takes the options of steps, in the order in which they are typed. */
  static final class Steps implements IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> arguments, ArgSpec option, CommandSpec command) {
      String name = ((OptionSpec) option).longestName();
      if (arguments.isEmpty()) {
        throw new ParameterException(command.commandLine(), name + ": its value is missing");
      }
      ArrayNode steps = ((PlansCommand) command.userObject()).steps;
      String value = arguments.pop();
      JsonNode last = steps.path(steps.size() - 1).path("grow").path("replica_urls");
      switch (name) {
        case "--grow" ->
            steps.addObject().putObject("grow").put("primary_url", value).putArray("replica_urls");
        case "--drain" ->
            UnsignedNumber.put(
                steps.addObject().putObject("drain"), "shard_id", UnsignedNumber.parse(value));
        default -> {
          if (!(last instanceof ArrayNode its)) {
            throw new ParameterException(
                command.commandLine(), name + " belongs behind the --grow of its shard");
          }
          its.add(value);
        }
      }
    }
  }

  PlansCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    if ((file == null) == steps.isEmpty()) {
      throw CommandFailure.usage("give either FILE, or --grow and --drain");
    }
    String body =
        file == null
            ? Session.object().set("steps", steps).toString()
            : DocumentText.body(file, session.around());
    if (dryRun) {
      RestAnswer answer =
          session.change(change, "POST", PATH + "?dry_run=true", Optional.of(body), CHECK_TIMEOUT);
      session.print(answer, found -> PlanView.dryRun(session, found));
      return answer.json().path("accepted").asBoolean() ? ExitCode.OK : ExitCode.FAILED;
    }
    return print(session.change(change, "POST", PATH, body), wait);
  }

  @Command(name = "list", description = "Lists the last plans, newest first.")
  int list() throws Exception {
    session.print(session.get(PATH), answer -> PlanView.list(session, answer));
    return ExitCode.OK;
  }

  @Command(name = "show", description = "Prints a plan.")
  int show(
      @Parameters(paramLabel = "ID", description = "The plan.") UnsignedNumber id,
      @Option(names = "--wait", description = "Return when it has ended.") boolean untilEnd)
      throws Exception {
    return print(session.get(PATH + "/" + id), untilEnd);
  }

  @Command(
      name = "cancel",
      description = "Ends a plan. A migration that is under way continues: cancel it separately.")
  int cancel(
      @Parameters(paramLabel = "ID", description = "The plan.") UnsignedNumber id,
      @Mixin ChangeOptions order,
      @Mixin Confirmation consent)
      throws Exception {
    consent.require(session.around(), "Begin no further step of plan " + id + "?");
    return order(order, id + "/cancel");
  }

  @Command(
      name = "pause",
      description =
          "Pauses a plan: no further step begins. A migration that is under way continues.")
  int pause(
      @Parameters(paramLabel = "ID", description = "The plan.") UnsignedNumber id,
      @Mixin ChangeOptions order)
      throws Exception {
    return order(order, id + "/pause");
  }

  @Command(
      name = "resume",
      description = "Resumes a plan that is paused, or that has stopped at a step.")
  int resume(
      @Parameters(paramLabel = "ID", description = "The plan.") UnsignedNumber id,
      @Mixin ChangeOptions order)
      throws Exception {
    return order(order, id + "/resume");
  }

  @Command(name = "forget", description = "Removes a plan that has ended from the list.")
  int forget(
      @Parameters(paramLabel = "ID", description = "The plan.") UnsignedNumber id,
      @Mixin ChangeOptions order)
      throws Exception {
    RestAnswer answer = session.change(order, "DELETE", PATH + "/" + id);
    session.print(answer, plan -> List.of("plan " + Session.cell(plan, "id") + " is forgotten"));
    return ExitCode.OK;
  }

  private int order(ChangeOptions order, String path) throws Exception {
    session.print(session.change(order, "POST", PATH + "/" + path), PlanView::lines);
    return ExitCode.OK;
  }

  private int print(RestAnswer answer, boolean untilEnd) throws Exception {
    RestAnswer shown =
        untilEnd
            ? new PatientReads(session).follow(answer, PATH, PlanView::goesOn, PlanView::lines)
            : answer;
    session.print(shown, PlanView::lines);
    return switch (Session.cell(shown.json(), "state")) {
      case "stopped", "cancelled" -> ExitCode.UNFINISHED;
      default -> ExitCode.OK;
    };
  }
}
