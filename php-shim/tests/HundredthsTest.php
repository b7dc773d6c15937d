<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use InvalidArgumentException;
use PHPUnit\Framework\TestCase;
use WHMCS\Module\Addon\Creditbridge\Hundredths;

final class HundredthsTest extends TestCase
{
    public function amounts(): array
    {
        $cases = [];
        foreach (json_decode(file_get_contents(__DIR__ . '/../../bridge/vectors/amounts.json'), true) as $case) {
            $cases['"' . $case['value'] . '"'] = [$case];
        }
        return $cases;
    }

    /** @dataProvider amounts */
    public function testReadsAndWritesAnAmountAsTheVectorSays(array $case): void
    {
        if (!$case['wire']) {
            self::assertFalse(self::isWritten($case['value']));
            return;
        }
        self::assertSame((int) $case['hundredths'], Hundredths::parse($case['value']));
        self::assertSame($case['written'], Hundredths::format(Hundredths::parse($case['value'])));
    }

    /** WHMCS's format may be looser than the wire's; the value must still be right. */
    private static function isWritten($value): bool
    {
        try {
            return Hundredths::format(Hundredths::parse($value)) === $value;
        } catch (InvalidArgumentException $notAnAmount) {
            return false;
        }
    }
}
