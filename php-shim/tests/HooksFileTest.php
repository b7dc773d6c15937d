<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Hook\Fields;
use WHMCS\Module\Addon\Creditbridge\Hook\OwnHooks;

/**
 * hooks.php itself, as WHMCS includes it. It gets its own process if the number of loaded classes matters.
 */
final class HooksFileTest extends ShimTestCase
{
    const FILE = ROOTDIR . '/modules/addons/creditbridge/hooks.php';

    public function testCostsAPageOneQueryAndLoadsNoClass(): void
    {
        $this->paired(null, self::manifest(['InvoiceCreated' => ['answer' => 'deferred']]));

        $report = self::page('');

        self::assertCount(1, $report['statements'], json_encode($report['statements']));
        self::assertSame([], $report['classes']);
    }

    public function testCostsAHookOneInsertWhileTheServiceIsDown(): void
    {
        $this->paired(null, self::manifest(['InvoiceCreated' => ['answer' => 'inline']]) + [
            'service_url' => 'http://127.0.0.1:1', 'breaker_failures' => 3, 'breaker_open_until' => '2999-01-01 00:00:00',
        ]);

        $report = self::page("run_hook('InvoiceCreated', ['invoiceid' => 9, 'status' => 'Unpaid']);");

        self::assertCount(2, $report['statements'], json_encode($report['statements']));
        self::assertStringStartsWith('INSERT INTO mod_creditbridge_spool', $report['statements'][1]);
        self::assertSame([], $report['curl'], 'no connection was tried');
        self::assertSame(['invoiceid' => 9, 'status' => 'Unpaid'], json_decode(self::spooled()[0]['item'], true)['data']);
    }

    public function testAnInlineHookKeepsItsRowUntilThePageIsOverWhichWaitsForNoDelete(): void
    {
        $peer = $this->peer();
        $this->paired($peer, self::manifest(['InvoiceCreated' => ['answer' => 'inline']]));
        $hook = "run_hook('InvoiceCreated', ['invoiceid' => 9, 'status' => 'Unpaid']);";

        $report = self::page($hook . $hook);

        $ours = preg_grep('/mod_creditbridge_(?!secrets)/', $report['statements']);
        self::assertCount(3, $ours, json_encode($ours));
        self::assertStringStartsWith('INSERT INTO mod_creditbridge_spool', end($ours));
        self::assertCount(2, $peer->requests());
        self::assertSame([], self::spooled());
    }

    public function testDoesNothingWhenTheModuleIsNotActivated(): void
    {
        Database::change('DROP TABLE mod_creditbridge_settings');
        $report = self::page("run_hook('InvoiceCreated', ['invoiceid' => 9]);");
        self::assertSame(0, $report['code'], $report['output']);
        self::assertSame('', $report['output']);
    }

    public function states(): array
    {
        return [
            'no file is there' => ['lib', null],
            'a file is missing' => ['lib/Hook/Dispatcher.php', null],
            'a file is half written' => ['lib/Hook/Dispatcher.php', '<?php final class Dispat'],
            'a file was written to the first method' => ['lib/Hook/Forwarder.php', "<?php\nnamespace X;\nfinal class Forw {"],
        ];
    }

    /**
     * As a page may find the folder while a release is copied over another.
     *
     * @dataProvider states
     */
    public function testBreaksNoPageWhileItsFilesAreReplaced(string $path, $found): void
    {
        $this->paired(null, self::manifest(['InvoiceCreated' => ['answer' => 'deferred']]));
        $path = dirname(self::FILE) . '/' . $path;
        rename($path, $path . '.away');
        if ($found !== null) {
            file_put_contents($path, $found);
        }
        try {
            $report = self::page("run_hook('InvoiceCreated', ['invoiceid' => 9]);");
        } finally {
            @unlink($path);
            rename($path . '.away', $path);
        }

        self::assertSame([0, ''], [$report['code'], $report['output']]);
    }

    public function testDoesNothingInACopy(): void
    {
        $this->paired(null, self::manifest(['InvoiceCreated' => ['answer' => 'deferred']]) + ['state' => 'copy']);

        self::page("run_hook('InvoiceCreated', ['invoiceid' => 9]);");

        self::assertSame([], self::spooled());
    }

    public function testNeverForwardsLogInsAndPasswordsWhateverTheManifestSays(): void
    {
        $hooks = array_fill_keys(Fields::NEVER, ['answer' => 'deferred', 'fields' => ['password']]);
        $this->paired(null, self::manifest($hooks));

        $code = '';
        foreach (Fields::NEVER as $hook) {
            $code .= "run_hook('$hook', ['userid' => 1, 'password' => 'geheim']);";
        }
        self::page($code);

        self::assertSame([], self::spooled());
    }

    public function testWritesNeitherCardNumberNorPasswordOfACheckoutAnywhere(): void
    {
        $this->paired(null, self::manifest(['ShoppingCartValidateCheckout' => ['answer' => 'deferred']]));

        self::page("\$_REQUEST = ['ccnumber' => '4111111111111111', 'cccvv' => '987', 'password' => 'geheim42',"
            . " 'applycredit' => '1'];"
            . "run_hook('ShoppingCartValidateCheckout', \$_REQUEST + ['paymentmethod' => 'card', 'clientId' => 5]);");

        $item = self::spooled()[0]['item'];
        self::assertSame(
            ['clientId' => 5, 'paymentmethod' => 'card', 'applycredit' => '1'],
            json_decode($item, true)['data']
        );
        $everything = '';
        foreach (Database::rows('SHOW TABLES') as $table) {
            $everything .= json_encode(Database::rows('SELECT * FROM ' . reset($table)), JSON_INVALID_UTF8_SUBSTITUTE);
        }
        self::assertStringNotContainsString('4111111111111111', $everything);
        self::assertStringNotContainsString('geheim42', $everything);
    }

    public function testRegistersTheShimsOwnHooks(): void
    {
        preg_match('/\$own = \[(.*?)\];/s', file_get_contents(self::FILE), $match);
        preg_match_all("/'(\w+)'/", $match[1], $names);

        self::assertSame(OwnHooks::NAMES, $names[1]);
    }

    /** A page of WHMCS that includes hooks.php and then runs the code. */
    private static function page(string $code): array
    {
        $script = tempnam(sys_get_temp_dir(), 'creditbridge-page-');
        $file = self::FILE;
        $root = ROOTDIR;
        file_put_contents($script, <<<PHP
<?php
require '$root/init.php';
\$connection = WHMCS\\Database\\Capsule::connection();
\$connection->getPdo();
\$connection->enableQueryLog();
\$ours = static function (): array {
    return array_values(array_filter(get_declared_classes(), static function (\$class) {
        return strncmp(\$class, 'WHMCS\\\\Module\\\\Addon\\\\Creditbridge', 32) === 0;
    }));
};
\$before = \$ours();
require '$file';
\$classes = array_values(array_diff(\$ours(), \$before));
\$_REQUEST = [];
$code
\$curl = array_values(array_filter(\$ours(), static function (\$class) { return substr(\$class, -9) === 'Transport'; }));
\$statements = array_column(\$connection->getQueryLog(), 'query');
echo json_encode(['statements' => \$statements, 'classes' => \$classes, 'curl' => \$curl]);
PHP
        );
        $process = new Support\Process(['php', '-d', 'error_log=/dev/null', $script]);
        $exit = $process->wait();
        unlink($script);
        $report = json_decode($process->output(), true);

        return (is_array($report) ? $report : []) + ['code' => $exit, 'output' => is_array($report) ? '' : $process->output()];
    }
}
