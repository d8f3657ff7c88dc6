package org.dallemini.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The structure that ARCHITECTURE.md describes, for all code of the project but its tests. */
@AnalyzeClasses(packages = "org.dallemini", importOptions = DoNotIncludeTests.class)
class LayersTest {
    private static final String KAFKA = "org.apache.kafka..", STAGE = "org.dallemini.stage..";

    @ArchTest
    static final ArchRule shouldHaveNoCyclesBetweenPackages =
            slices().matching("org.dallemini.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule shouldDrawWithoutKafka = noClasses()
            .that()
            .resideInAPackage("org.dallemini.dalle..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(KAFKA, "org.apache.avro..", "io.micrometer..")
            .orShould()
            .dependOnClassesThat(
                    resideInAPackage("org.dallemini..").and(not(resideInAPackage("org.dallemini.dalle.."))));

    @ArchTest
    static final ArchRule shouldEvaluateWithTheLibraryAlone = classes()
            .that()
            .resideInAPackage("org.dallemini.evaluation..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("org.dallemini.evaluation..", "org.dallemini.dalle..", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule shouldTrainWithTheLibraryAlone = noClasses()
            .that()
            .resideInAPackage("org.dallemini.training..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(KAFKA, "org.apache.avro..", "io.micrometer..")
            .orShould()
            .dependOnClassesThat(resideInAPackage("org.dallemini..")
                    .and(not(resideInAPackage("org.dallemini.dalle..")))
                    .and(not(resideInAPackage("org.dallemini.footprint..")))
                    .and(not(resideInAPackage("org.dallemini.training.."))));

    @ArchTest
    static final ArchRule shouldRankWithTheLibraryAlone = noClasses()
            .that()
            .resideInAPackage("org.dallemini.clip..")
            .should()
            .dependOnClassesThat(resideInAPackage("org.dallemini..")
                    .and(not(resideInAPackage("org.dallemini.clip..")))
                    .and(not(resideInAPackage("org.dallemini.dalle.."))));

    @ArchTest
    static final ArchRule shouldRenderWithTheLibraryAlone = noClasses()
            .that()
            .resideInAPackage("org.dallemini.renditions..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(KAFKA, "org.apache.avro..", "io.micrometer..")
            .orShould()
            .dependOnClassesThat(resideInAPackage("org.dallemini..")
                    .and(not(resideInAPackage("org.dallemini.renditions..")))
                    .and(not(resideInAPackage("org.dallemini.dalle.."))));

    @ArchTest
    static final ArchRule shouldEstimateWithoutKnowingPictures = noClasses()
            .that()
            .resideInAPackage("org.dallemini.footprint..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("org.dallemini..").and(not(resideInAPackage("org.dallemini.footprint.."))));

    @ArchTest
    static final ArchRule shouldUsePyTorchForTrainingAlone = noClasses()
            .that()
            .resideOutsideOfPackage("org.dallemini.training..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl.pytorch..");

    @ArchTest
    static final ArchRule shouldKeepStagesApart = slices().matching("org.dallemini.(ingest|tokens|images|storage)..")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule shouldKnowNoStageInWhatStagesShare = noClasses()
            .that()
            .resideInAnyPackage(STAGE, "org.dallemini.schemas..", "org.dallemini.serde..", "org.dallemini.objects..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.dallemini.ingest..",
                    "org.dallemini.tokens..",
                    "org.dallemini.images..",
                    "org.dallemini.storage..",
                    "org.dallemini.dalle..");

    @ArchTest
    static final ArchRule shouldJudgePicturesWithoutKnowingAStage = noClasses()
            .that()
            .resideInAPackage("org.dallemini.filter..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.dallemini.ingest..",
                    "org.dallemini.tokens..",
                    "org.dallemini.images..",
                    "org.dallemini.storage..");

    @ArchTest
    static final ArchRule shouldSpeakHttpInTheApiAlone = noClasses()
            .that()
            .resideInAnyPackage(
                    "org.dallemini.ingest.jobs..",
                    "org.dallemini.ingest.intake..",
                    "org.dallemini.ingest.streams..",
                    "org.dallemini.prompt..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.eclipse.jetty..", "org.dallemini.ingest.http..", "org.dallemini.ingest.api..");
}
