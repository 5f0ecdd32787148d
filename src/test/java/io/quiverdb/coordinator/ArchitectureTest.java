// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator;

import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import io.quiverdb.coordinator.command.Stamp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds the layout of the house: who may use whom, and where time, chance and threads may be. */
class ArchitectureTest {

  private static final String ROOT = "io.quiverdb.coordinator";
  private static final Path SOURCES = Path.of("src", "main", "java");
  private static final int LONGEST_FILE = 400;

  /** The first line of each file; not counted. */
  static final String LICENCE = "// SPDX-License-Identifier: Apache-2.0";

  private static final Set<String> PURE = Set.of("model", "command", "state");

  /** where the wall clock may be read: other classes are given a Clock. */
  private static final Set<String> OWN_CLOCK = Set.of("server", "cli");

  /** Where durations may be measured; in http, so that no change is sent past its deadline. */
  private static final Set<String> MEASURES =
      Set.of(
          "consensus.ratis",
          "http",
          "shard",
          "shard.warmup",
          "api",
          "api.migration",
          "api.request",
          "metrics",
          "dev.quiver",
          "dev.demo",
          "cli",
          "server");

  /** What every layer may use besides itself. */
  private static final Set<String> EVERYWHERE =
      Set.of("java.", "javax.", "org.jspecify.", "org.pcollections.");

  /** Read at the first check of a rule: tests that need no classes use the table too. */
  private static final class Imported {
    static final JavaClasses MAIN =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_JARS)
            .importPackages(ROOT);
  }

  @TestFactory
  Stream<DynamicTest> eachLayerUsesOnlyWhatTheTableGrants() {
    return Layers.TABLE.entrySet().stream()
        .map(row -> dynamicTest(row.getKey(), () -> checkLayer(row.getKey(), row.getValue())));
  }

  private static void checkLayer(String name, Layers.Layer layer) {
    check(
        classes()
            .that(are("in " + name, type -> name.equals(layerOf(type))))
            .should(
                notDependOn(
                    "what the table does not grant to " + name,
                    target -> !granted(name, layer, target)))
            .because("dependencies run one way: widen the table only on purpose"));
  }

  @Test
  void everyClassLivesInAPackageOfTheTable() {
    check(
        classes()
            .should()
            .resideInAnyPackage(
                Layers.TABLE.keySet().stream()
                    .map(l -> ROOT + "." + l + "..")
                    .toArray(String[]::new)));
  }

  @Test
  void onlyTheCommandsThatStartOneKnowAServer() {
    Pattern starters = Pattern.compile("(Serve|Dev|Demo|CdsTraining).*");
    check(
        classes()
            .that(
                are(
                    "operator commands",
                    type ->
                        "cli".equals(layerOf(type))
                            && !starters.matcher(topLevel(type).getSimpleName()).matches()))
            .should(
                notDependOn(
                    "a server inside the process",
                    target ->
                        "server".equals(layerOf(target)) || layerOf(target).startsWith("dev.")))
            .because("operator commands talk REST only"));
  }

  @Test
  void pureCodeUsesNoTypeOfTheOutsideWorld() {
    check(
        classes()
            .that(are("pure", type -> PURE.contains(layerOf(type))))
            .should(
                notDependOn(
                    "clock, chance, I/O, threads, logging or hash order",
                    ArchitectureTest::impureType))
            .because("every replica must come to the same state from the same log"));
  }

  @Test
  void pureCodeCallsNothingThatDiffersFromRunToRun() {
    check(
        classes()
            .that(are("pure", type -> PURE.contains(layerOf(type))))
            .should(notCall("what differs from run to run", ArchitectureTest::impureCall))
            .because("every replica must come to the same state from the same log"));
  }

  @Test
  void timeComesFromAnInjectedClock() {
    check(
        classes()
            .that(are("given their clock", type -> !OWN_CLOCK.contains(layerOf(type))))
            .should(notCall("the clock on the wall", ArchitectureTest::wallClock)));
  }

  @Test
  void stampsComeFromTheClockOfTheEnsemble() {
    Set<String> makers = Set.of("Stamp", "EnsembleClock", "EntryCodec");
    check(
        classes()
            .that(are("others", type -> !makers.contains(type.getSimpleName())))
            .should(
                notCall(
                    "the constructor of a stamp",
                    call ->
                        call.getName().equals("<init>")
                            && call.getOwner().isEquivalentTo(Stamp.class)))
            .because("with a wall clock for the counted time keys and leases may end at once"));
  }

  @Test
  void onlySomeMeasureDurations() {
    check(
        noClasses()
            .that(are("without a stopwatch", type -> !MEASURES.contains(layerOf(type))))
            .should()
            .callMethod(System.class, "nanoTime"));
  }

  @Test
  void commandsAreRecords() {
    check(
        classes()
            .that()
            .areAssignableTo(ROOT + ".command.Command")
            .and()
            .areNotInterfaces()
            .should()
            .beRecords());
  }

  @Test
  void packagesFormNoCycle() {
    check(slices().matching(ROOT + ".(**)").should().beFreeOfCycles());
  }

  @Test
  void namesSayWhatAClassIs() {
    check(
        noClasses()
            .should()
            .haveNameMatching(".*(Manager|Utils?|Helpers?|Impl)([A-Z0-9_$].*)?")
            .because("such a name says nothing about what the class is"));
  }

  @Test
  void everyPackageSaysWhatLivesInIt() throws IOException {
    Set<String> silent = new TreeSet<>();
    for (Path file : sources()) {
      Path folder = file.getParent();
      if (!Files.exists(folder.resolve("package-info.java"))) {
        silent.add(folder.toString());
      }
    }
    assertEquals(Set.of(), silent, "packages without a package-info.java");
  }

  @Test
  void everyPackageIsNullMarked() throws IOException {
    Set<String> unmarked = new TreeSet<>();
    for (Path file : sources()) {
      if (file.endsWith("package-info.java") && !Files.readString(file).contains("@NullMarked")) {
        unmarked.add(file.toString());
      }
    }
    assertEquals(Set.of(), unmarked, "packages that are not @NullMarked");
  }

  @Test
  void noSourceFileAsksToBeSplit() throws IOException {
    Map<String, Long> tooLong = new TreeMap<>();
    for (Path file : sources(Path.of("src"))) {
      long lines = Files.readAllLines(file).stream().filter(l -> !l.startsWith(LICENCE)).count();
      if (lines > LONGEST_FILE) {
        tooLong.put(file.toString(), lines);
      }
    }
    assertEquals(Map.of(), tooLong, "files of more than " + LONGEST_FILE + " lines");
  }

  private static boolean granted(String name, Layers.Layer layer, JavaClass target) {
    if (target.isPrimitive()) {
      return true;
    }
    if (inHouse(target)) {
      String other = layerOf(target);
      return name.equals(other) || layer.layers().contains(other);
    }
    return Stream.concat(EVERYWHERE.stream(), layer.libraries().stream())
        .anyMatch(target.getName()::startsWith);
  }

  private static boolean impureType(JavaClass type) {
    String name = type.getName();
    return switch (type.getPackageName()) {
      case "java.net" -> !Set.of("java.net.URI", "java.net.URISyntaxException").contains(name);
      case "java.lang" ->
          Set.of("Thread", "ThreadLocal", "Process", "ProcessBuilder", "Runtime")
              .contains(topLevel(type).getSimpleName());
      case "java.security" -> name.equals("java.security.SecureRandom");
      case "java.time" -> name.equals("java.time.Clock");
      case "java.util" ->
          Set.of("Random", "SplittableRandom", "Timer", "TimerTask").contains(type.getSimpleName())
              || Set.of("HashMap", "HashSet", "Hashtable", "IdentityHashMap", "WeakHashMap")
                  .contains(type.getSimpleName());
      // Two equal hash maps of pcollections may differ in their order: it depends on their history.
      case "org.pcollections" ->
          name.contains("Hash")
              || Set.of("Empty", "MapPSet", "MapPBag").contains(type.getSimpleName());
      default ->
          Stream.of("java.io", "java.nio.file", "java.nio.channels", "java.util.concurrent")
                  .anyMatch(p -> (type.getPackageName() + ".").startsWith(p + "."))
              || name.startsWith("java.util.random.")
              || name.startsWith("java.util.logging.")
              || name.startsWith("org.slf4j.");
    };
  }

  private static boolean impureCall(CodeUnitAccessTarget call) {
    int arguments = call.getRawParameterTypes().size();
    String method = call.getName();
    return switch (call.getOwner().getName()) {
      case "java.lang.System" -> !method.equals("arraycopy");
      case "java.lang.Math", "java.lang.StrictMath" -> method.equals("random");
      case "java.util.UUID" -> method.equals("randomUUID");
      case "java.util.Collections" -> method.equals("shuffle");
      case "java.util.Set", "java.util.Map" -> Set.of("of", "ofEntries", "copyOf").contains(method);
      // The forms that are given the map to fill are fine.
      case "java.util.stream.Collectors" ->
          Set.of("toSet", "toUnmodifiableSet", "toUnmodifiableMap").contains(method)
              || (method.equals("toMap") && arguments < 4)
              || (method.equals("groupingBy") && arguments < 3)
              || method.endsWith("Concurrent")
              || method.equals("toConcurrentMap");
      default -> method.equals("parallelStream") || method.equals("parallel") || wallClock(call);
    };
  }

  private static boolean wallClock(CodeUnitAccessTarget call) {
    String owner = call.getOwner().getName();
    String method = call.getName();
    boolean asksAClock =
        call.getRawParameterTypes().stream().anyMatch(p -> p.getName().equals("java.time.Clock"));
    return switch (owner) {
      case "java.lang.System" -> method.equals("currentTimeMillis");
      case "java.time.Clock" ->
          method.startsWith("system") || (method.startsWith("tick") && !asksAClock);
      case "java.util.Date" -> method.equals("<init>") && call.getRawParameterTypes().isEmpty();
      default ->
          owner.startsWith("java.time.")
              && (method.equals("now") || method.equals("dateNow"))
              && !asksAClock;
    };
  }

  private static boolean inHouse(JavaClass type) {
    return (type.getPackageName() + ".").startsWith(ROOT + ".");
  }

  /** The row of the table a class stands in: the longest that fits its package; "" if none does. */
  private static String layerOf(JavaClass type) {
    JavaClass element = type.getBaseComponentType();
    String best = "";
    for (String name : Layers.TABLE.keySet()) {
      if ((element.getPackageName() + ".").startsWith(ROOT + "." + name + ".")
          && name.length() > best.length()) {
        best = name;
      }
    }
    return best;
  }

  private static JavaClass topLevel(JavaClass type) {
    return type.getEnclosingClass().map(ArchitectureTest::topLevel).orElse(type);
  }

  private static List<Path> sources() throws IOException {
    return sources(SOURCES);
  }

  private static List<Path> sources(Path below) throws IOException {
    try (Stream<Path> files = Files.walk(below)) {
      return files.filter(f -> f.toString().endsWith(".java")).sorted().toList();
    }
  }

  private static DescribedPredicate<JavaClass> are(String what, Predicate<JavaClass> test) {
    return DescribedPredicate.describe(what, test);
  }

  private static ArchCondition<JavaClass> notDependOn(String what, Predicate<JavaClass> banned) {
    return new ArchCondition<>("not depend on " + what) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (Dependency use : type.getDirectDependenciesFromSelf()) {
          if (banned.test(use.getTargetClass().getBaseComponentType())) {
            events.add(violated(type, use.getDescription()));
          }
        }
      }
    };
  }

  private static ArchCondition<JavaClass> notCall(
      String what, Predicate<CodeUnitAccessTarget> banned) {
    return new ArchCondition<>("not call " + what) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (JavaAccess<?> access : type.getAccessesFromSelf()) {
          if (access.getTarget() instanceof CodeUnitAccessTarget target && banned.test(target)) {
            events.add(violated(type, access.getDescription()));
          }
        }
      }
    };
  }

  /** A package may still be empty; a rule about it is none the worse. */
  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(Imported.MAIN);
  }
}
