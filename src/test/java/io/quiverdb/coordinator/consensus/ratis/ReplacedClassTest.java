// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.reflect.Executable;
import java.net.URL;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The classes of Ratis that this program replaces. */
class ReplacedClassTest {
  /** One of them, with those of its inner classes that others use, and all that use it. */
  private enum Replaced {
    READS(
        "org.apache.ratis.server.impl.ReadIndexHeartbeats",
        List.of("$AppendEntriesListener"),
        List.of("org.apache.ratis.server.impl.LeaderStateImpl")),
    FILES(
        "org.apache.ratis.util.AtomicFileOutputStream",
        List.of(),
        List.of(
            "org.apache.ratis.util.MD5FileUtil",
            "org.apache.ratis.server.storage.RaftStorageDirectoryImpl",
            "org.apache.ratis.server.storage.RaftStorageImpl",
            "org.apache.ratis.server.storage.RaftStorageMetadataFileImpl",
            "org.apache.ratis.statemachine.impl.SimpleStateMachineStorage"));

    private final String name;
    private final List<String> parts;
    private final List<String> callers;

    Replaced(String name, List<String> parts, List<String> callers) {
      this.name = name;
      this.parts = parts;
      this.callers = callers;
    }

    boolean is(String other) {
      return other.equals(name) || other.startsWith(name + "$");
    }
  }

  @ParameterizedTest
  @EnumSource
  void itIsOursThatIsLoaded(Replaced replaced) throws Exception {
    assertEquals(source(RaftNode.class), source(Class.forName(replaced.name)));
  }

  /** A newer Ratis may call something else there, which would end in a NoSuchMethodError. */
  @ParameterizedTest
  @EnumSource
  void itHasEverythingThatRatisCalls(Replaced replaced) throws Exception {
    Set<String> called = new TreeSet<>();
    for (String caller : replaced.callers) {
      for (JavaAccess<?> access : read(caller).getAccessesFromSelf()) {
        if (replaced.is(access.getTargetOwner().getName())
            && access.getTarget() instanceof CodeUnitAccessTarget target) {
          called.add(
              form(
                  target.getOwner().getName(),
                  target.getName(),
                  target.getRawParameterTypes().stream().map(JavaClass::getName)));
        }
      }
    }
    assertFalse(called.isEmpty(), "Ratis does not use the class any more: remove ours");
    called.removeAll(forms(replaced.name));
    for (String part : replaced.parts) {
      called.removeAll(forms(replaced.name + part));
    }
    assertEquals(Set.of(), called, "Ratis calls what ours does not have");
  }

  /** By itself: the classes that it names would take seconds to read. */
  private static JavaClass read(String name) throws ClassNotFoundException {
    Class<?> caller = Class.forName(name);
    return ArchConfiguration.withThreadLocalScope(
        configuration -> {
          configuration.setResolveMissingDependenciesFromClassPath(false);
          return new ClassFileImporter().importClass(caller);
        });
  }

  private static Set<String> forms(String name) throws ClassNotFoundException {
    Class<?> type = Class.forName(name);
    return Stream.of(type.getDeclaredMethods(), type.getDeclaredConstructors(), type.getMethods())
        .<Executable>flatMap(Arrays::stream)
        .map(
            e ->
                form(
                    name,
                    e.getName().equals(name) ? "<init>" : e.getName(),
                    Arrays.stream(e.getParameterTypes()).map(Class::getName)))
        .collect(Collectors.toSet());
  }

  private static String form(String owner, String name, Stream<String> parameters) {
    return owner + "." + name + parameters.toList();
  }

  private static URL source(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation();
  }
}
