<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use WHMCS\Module\Addon\Creditbridge\Audit;
use WHMCS\Module\Addon\Creditbridge\AuditChain;
use WHMCS\Module\Addon\Creditbridge\Database;

final class AuditTest extends ShimTestCase
{
    public function vectors(): array
    {
        $vectors = json_decode((string) file_get_contents(__DIR__ . '/../../bridge/vectors/audit-chain.json'), true);

        return array_map(static function (array $vector): array {
            return [$vector];
        }, array_column($vectors, null, 'name'));
    }

    /** @dataProvider vectors */
    public function testLinksARowAsTheServiceDoes(array $vector): void
    {
        $digest = AuditChain::digest((string) hex2bin($vector['salt']), $vector['details']);

        self::assertSame($vector['digest'], bin2hex($digest));
        self::assertSame($vector['link'], bin2hex(AuditChain::link((string) hex2bin($vector['before']), $vector, $digest)));
    }

    public function testEachRowFollowsFromTheOneBeforeIt(): void
    {
        Audit::byAdmin(1, 'self-test', str_repeat('ü', 200), ['text' => "it's \\ \u{1F3E6}"]);
        foreach ([true, false] as $isChanged) {
            Audit::recorded(Audit::SHIM, 'trial-cut-off', [], static function () use ($isChanged): bool {
                return $isChanged;
            });
        }
        Audit::byAdmin(1, 'pair', Audit::INSTALLATION);

        $before = AuditChain::beginning();
        $rows = Database::rows('SELECT *, HEX(salt) AS salt, HEX(digest) AS digest, HEX(link) AS link FROM mod_creditbridge_audit'
            . ' ORDER BY sequence');
        foreach ($rows as $index => $row) {
            self::assertSame($index + 1, (int) $row['sequence']);
            $digest = AuditChain::digest((string) hex2bin($row['salt']), $row['details']);
            self::assertSame(strtolower($row['digest']), bin2hex($digest));
            $before = AuditChain::link($before, $row, $digest);
            self::assertSame(strtolower($row['link']), bin2hex($before));
        }
        self::assertCount(3, $rows);
    }
}
