<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use CreditBridge\Tests\Support\Peer;
use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Command\Running;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Hook\Dispatcher;
use WHMCS\Module\Addon\Creditbridge\Hook\PageAnswer;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Spool\Spool;
use WHMCS\Module\Addon\Creditbridge\Uuid;

final class ForwarderTest extends ShimTestCase
{
    /** @var Peer */
    private $peer;

    protected function setUp(): void
    {
        parent::setUp();
        $this->peer = $this->peer();
    }

    /** Fires a hook as hooks.php would. */
    private function fire(string $hook, array $vars, string $answer, array $more = [])
    {
        self::forget();
        $this->paired($this->peer, $more + self::manifest([$hook => ['answer' => $answer]]));
        $row = Database::row('SELECT *, UTC_TIMESTAMP(6) AS now_utc FROM mod_creditbridge_settings');

        return Dispatcher::handle($hook, $vars, (object) $row);
    }

    public function testKeepsADeferredHookAndAsksNobody(): void
    {
        self::assertNull($this->fire('InvoiceCreated', ['invoiceid' => 9], 'deferred'));

        $item = json_decode(self::spooled()[0]['item'], true);
        self::assertSame('deferred', $item['answer']);
        self::assertSame('InvoiceCreated', $item['type']);
        self::assertMatchesRegularExpression('/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/', $item['timestamp']);
        self::assertSame(['version', 'date', 'zone'], array_keys($item['whmcs']));
        self::assertArrayNotHasKey('causedBy', $item);
        self::assertSame([], $this->peer->requests());
    }

    public function testWritesNoDataAsAnEmptyObject(): void
    {
        $this->fire('AfterInvoicingGenerateInvoiceItems', [], 'deferred');

        self::assertStringContainsString('"data":{}', self::spooled()[0]['item']);
    }

    public function testRunsTheClientsCommandsBeforeAnInlineHookReturns(): void
    {
        $client = $this->client('0.00');
        $other = $this->client('0.00');
        $invoice = $this->invoice($client, '30.00');
        $add = static function (int $id): array {
            return ['clientid' => $id, 'description' => 'Bonus', 'amount' => '1.00', 'type' => 'add'];
        };
        $his = $this->command('AddCredit', $client, $add($client));
        $theirs = $this->command('AddCredit', $other, $add($other));
        $this->peer->acceptAll([], ['waiting' => 2]);

        $this->fire('InvoiceCreated', ['invoiceid' => $invoice], 'inline');

        self::assertSame(['done', 'open'], [self::state($his), self::state($theirs)]);
        self::endPage();
        self::assertSame([], self::spooled());
    }

    /** An admin's freeze holds before an inline hook returns, even if the service does not know of it. */
    public function testRunsNothingBeforeAnInlineHookReturnsForAFrozenClientOrUnderTheKillSwitch(): void
    {
        $client = $this->client('0.00');
        $invoice = $this->invoice($client, '30.00');
        $add = ['clientid' => $client, 'description' => 'Bonus', 'amount' => '1.00', 'type' => 'add'];
        $waiting = $this->command('AddCredit', $client, $add);
        $this->peer->acceptAll([], ['waiting' => 1]);
        $freeze = 'INSERT INTO mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at)'
            . " VALUES (?, 'Fraud', 'admin:1', UTC_TIMESTAMP(6))";
        Database::change($freeze, [$client]);

        $this->fire('InvoiceCreated', ['invoiceid' => $invoice], 'inline');
        self::assertSame('open', self::state($waiting));
        self::assertCount(1, $this->peer->requests(), 'the hook itself is still sent');

        Database::change('DELETE FROM mod_creditbridge_frozen_clients');
        $this->fire('InvoiceCreated', ['invoiceid' => $invoice], 'inline', ['frozen' => 1]);
        self::assertSame('open', self::state($waiting));

        $this->fire('InvoiceCreated', ['invoiceid' => $invoice], 'inline', ['frozen' => 0]);
        self::assertSame('done', self::state($waiting));
    }

    public function testKeepsAnInlineHookWhoseServiceIsTooSlow(): void
    {
        $this->peer->answer('/v1/deliveries', ['sleepMs' => 1500, 'accept' => (object) []]);
        $before = microtime(true);

        self::assertNull($this->fire('InvoiceCreated', ['invoiceid' => 9], 'inline'));

        self::assertLessThan(1.4, microtime(true) - $before);
        $row = self::spooled()[0];
        self::assertNull($row['taken_until'], 'whoever sends next may take it');
        self::assertSame('inline', json_decode($row['item'], true)['answer']);
    }

    /** Obstacles to running commands. */
    public function obstacles(): array
    {
        return ['frozen' => [['frozen' => 1]], 'nobody to act as' => [['acting_admin' => 'gone']]];
    }

    /** @dataProvider obstacles */
    public function testHoldsNoMailWhileNothingMaySendAnotherInItsPlace(array $obstacle): void
    {
        $this->peer->acceptAll(['mail' => 'hold']);
        $mail = ['messagename' => 'Invoice Created', 'relid' => 9];

        self::assertNull($this->fire('EmailPreSend', $mail, 'inline', $obstacle));
        self::assertSame([], $this->peer->requests());
        self::assertSame(
            ['abortsend' => true],
            $this->fire('EmailPreSend', $mail, 'inline', ['frozen' => 0, 'acting_admin' => 'admin'])
        );
    }

    public function testTellsWhatFiresInACheckoutWhenItIsOver(): void
    {
        $this->paired($this->peer, self::manifest([
            'InvoiceCreated' => ['answer' => 'inline'], 'AfterShoppingCartCheckout' => ['answer' => 'deferred'],
        ]));
        require ROOTDIR . '/modules/addons/creditbridge/hooks.php';
        self::forget();

        run_hook('PreShoppingCartCheckout', []);
        run_hook('InvoiceCreated', ['invoiceid' => 9, 'status' => 'Unpaid']);
        self::assertSame([], Spool::take(0)['rows'], 'nobody else sends it meanwhile');
        run_hook('AfterShoppingCartCheckout', ['InvoiceID' => 9]);

        self::assertSame([], $this->peer->requests());
        self::assertSame(['InvoiceCreated', 'AfterShoppingCartCheckout'], array_column(Spool::take(0)['rows'], 'hook'));
        run_hook('InvoiceCreated', ['invoiceid' => 10, 'status' => 'Unpaid']);
        self::assertCount(1, $this->peer->requests(), 'after it all is as before');
    }

    public function testAsksNothingInsideATransactionAndLeavesNoTraceWhenItIsRolledBack(): void
    {
        $this->paired($this->peer);
        Capsule::connection()->beginTransaction();
        $this->fire('InvoiceCreated', ['invoiceid' => 9], 'inline');
        self::assertCount(1, self::spooled());
        Capsule::connection()->rollBack();

        self::assertSame([], self::spooled());
        self::assertSame([], $this->peer->requests());
    }

    public function testDefersAHookThatACommandCausedAndNamesTheCommand(): void
    {
        $id = Uuid::v7();

        Running::during($id, function (): void {
            $this->fire('InvoicePaid', ['invoiceid' => 9], 'inline');
        });

        $item = json_decode(self::spooled()[0]['item'], true);
        self::assertSame([$id, 'deferred'], [$item['causedBy'], $item['answer']]);
        self::assertSame([], $this->peer->requests());
    }

    public function testForwardsTheHooksThatARealCommandFires(): void
    {
        $this->paired($this->peer, self::manifest(['InvoicePaid' => ['answer' => 'deferred']]));
        require ROOTDIR . '/modules/addons/creditbridge/hooks.php';
        self::forget();
        $client = $this->client('6.00');
        $invoice = $this->invoice($client, '6.00');
        $id = $this->command('ApplyCredit', $client, ['invoiceid' => $invoice, 'amount' => '6.00', 'noemail' => true]);

        (new \WHMCS\Module\Addon\Creditbridge\Command\Executor(Settings::load()))->run(self::soon());

        self::assertSame('done', self::state($id));
        $item = json_decode(self::spooled()[0]['item'], true);
        self::assertSame(['InvoicePaid', $id], [$item['type'], $item['causedBy']]);
    }

    public function testHandsAVetoToTheCheckout(): void
    {
        $this->peer->acceptAll(['veto' => ['The smallest deposit is 10.00.']]);

        $answer = $this->fire('ShoppingCartValidateCheckout', ['clientId' => 5], 'veto');

        self::assertSame(['The smallest deposit is 10.00.'], $answer);
    }

    /** A rule may repeat what a visitor typed, and WHMCS prints what stands in the way of a checkout as it is. */
    public function testWhatWhmcsPrintsOfAVetoOrOnAPageIsNoMarkup(): void
    {
        $this->peer->acceptAll([
            'veto' => ['Pay by <script>alert(1)</script> & "so".', 7],
        ]);
        $veto = $this->fire('ShoppingCartValidateCheckout', ['clientId' => 5], 'veto');
        self::assertSame(['Pay by &lt;script&gt;alert(1)&lt;/script&gt; &amp; "so".'], $veto);

        $this->peer->acceptAll(['page' => ['vars' => ['reason' => '"><b>', 'addfundsdisabled' => true]]]);
        $vars = $this->fire('ClientAreaPageAddFunds', [], 'inline');
        self::assertSame(['reason' => '&quot;&gt;&lt;b&gt;', 'addfundsdisabled' => true], $vars);
    }

    public function testBlocksNoCheckoutWhileTheServiceIsDownUnlessTheAdminWantsIt(): void
    {
        $down = ['breaker_failures' => 1, 'breaker_open_until' => '2999-01-01 00:00:00'];

        $open = $this->fire('ShoppingCartValidateCheckout', ['clientId' => 5], 'veto', $down);
        $closed = $this->fire('ShoppingCartValidateCheckout', [], 'veto', $down + ['veto_when_down' => 'closed']);

        self::assertNull($open);
        self::assertSame(['Your order cannot be checked at the moment. Please try again in a few minutes.'], $closed);
    }

    public function testHoldsAMailButNeverOneOfItsOwnCommands(): void
    {
        $this->peer->acceptAll(['mail' => 'hold']);
        $mail = ['messagename' => 'Invoice Created', 'relid' => 9];

        self::assertSame(['abortsend' => true], $this->fire('EmailPreSend', $mail, 'inline'));
        $asked = count($this->peer->requests());
        self::assertNull(Running::during(Uuid::v7(), function () use ($mail) {
            return $this->fire('EmailPreSend', $mail, 'inline');
        }));

        self::assertCount($asked, $this->peer->requests());
        self::endPage();
        self::assertSame([], self::spooled());
    }

    public function testStopsAnAutomaticCancellation(): void
    {
        $this->peer->acceptAll(['cancel' => 'abort']);

        $answer = $this->fire('PreInvoiceAutomaticCancellation', ['invoiceid' => 9], 'veto');

        self::assertSame(['abortCancel' => true], $answer);
    }

    public function testGivesAPageItsVariablesWithMoneyAsWhmcsWritesItAndSpoolsNothing(): void
    {
        $_SESSION['uid'] = 2;
        $this->peer->acceptAll(['page' => [
            'vars' => ['minimumamount' => ['amount' => '12.50', 'currency' => 1], 'note' => 'x'],
            'notice' => ['type' => 'danger', 'title' => '<b>Limit</b>', 'message' => 'At most 100.00.'],
        ]]);

        $vars = $this->fire('ClientAreaPageAddFunds', [], 'inline');

        self::assertSame((string) formatCurrency('12.50', 1), (string) $vars['minimumamount']);
        self::assertSame('x', $vars['note']);
        self::assertSame(
            '<div class="alert alert-danger creditbridge-notice" role="status"><strong>&lt;b&gt;Limit&lt;/b&gt;</strong>'
            . ' At most 100.00.</div>',
            PageAnswer::noticeHtml()
        );
        self::assertSame('', PageAnswer::noticeHtml(), 'shown once');
        self::assertSame(['userid' => 2], json_decode($this->peer->requests()[0]['body'], true)['items'][0]['data']);
        self::assertSame([], self::spooled());
    }

    public function testLeavesOnAPageOnlyThePaymentMethodsThatTheServiceNames(): void
    {
        $this->peer->acceptAll(['page' => ['gateways' => ['banktransfer', 'gone']]]);
        $bank = ['sysname' => 'banktransfer', 'name' => 'Bank Transfer'];

        $vars = $this->fire('ClientAreaPageAddFunds', [
            'gateways' => ['paypal' => ['sysname' => 'paypal', 'name' => 'PayPal'], 'banktransfer' => $bank],
        ], 'inline');

        self::assertSame(['gateways' => ['banktransfer' => $bank]], $vars);
    }

    public function testHandsTheNoticeToTheTemplateOfVersionNine(): void
    {
        $notice = ['type' => 'info', 'title' => 'Credit', 'message' => 'Applied.'];
        $this->peer->acceptAll(['page' => ['notice' => $notice]]);
        $GLOBALS['CONFIG']['Version'] = '9.0.5';

        self::assertSame(['customAlert' => $notice], $this->fire('ClientAreaPageViewInvoice', ['invoiceid' => 1], 'inline'));
    }

    /** Templates of WHMCS print what they are given as it is. */
    public function testWhatTheTemplateOfVersionNinePrintsIsNoMarkup(): void
    {
        $this->peer->acceptAll(['page' => ['notice' => [
            'type' => '"><script>', 'title' => '<script>alert(1)</script>', 'message' => "At most <b>100.00</b> & it's \"so\".",
        ]]]);
        $GLOBALS['CONFIG']['Version'] = '9.0.5';

        $vars = $this->fire('ClientAreaPageViewInvoice', ['invoiceid' => 1], 'inline');

        self::assertSame(['customAlert' => [
            'type' => 'info', 'title' => '&lt;script&gt;alert(1)&lt;/script&gt;',
            'message' => "At most &lt;b&gt;100.00&lt;/b&gt; &amp; it's \"so\".",
        ]], $vars);
    }

    public function testPutsTheNoticeBeforeTheNotesThatTheInvoicePageOfVersionEightShows(): void
    {
        $notice = ['type' => 'danger', 'title' => 'Limit', 'message' => 'At most <b>100.00</b>.'];
        $this->peer->acceptAll(['page' => ['notice' => $notice]]);
        $words = '<strong>Limit</strong> At most &lt;b&gt;100.00&lt;/b&gt;.';

        $alone = $this->fire('ClientAreaPageViewInvoice', ['invoiceid' => 1, 'notes' => ''], 'inline');
        $beside = $this->fire('ClientAreaPageViewInvoice', ['invoiceid' => 1, 'notes' => 'Thank<br>you'], 'inline');

        self::assertSame(['notes' => $words], $alone);
        self::assertSame(['notes' => $words . '<br><br>Thank<br>you'], $beside);
        self::assertSame('', PageAnswer::noticeHtml(), 'no header output shows it');
    }

    public function testAsksBeforeTheMailOnlyOnceTheTrialInvoicePassedOnThisVersion(): void
    {
        $version = (string) Database::value("SELECT value FROM tblconfiguration WHERE setting = 'Version'");
        $passed = ['passed' => true, 'version' => $version];

        $this->fire('InvoiceCreationPreEmail', ['invoiceid' => 9], 'inline');
        self::assertCount(0, $this->peer->requests());
        $this->fire('InvoiceCreationPreEmail', ['invoiceid' => 9], 'inline', ['trial' => ['version' => '7'] + $passed]);
        self::assertCount(0, $this->peer->requests());
        $this->fire('InvoiceCreationPreEmail', ['invoiceid' => 9], 'inline', ['trial' => $passed]);
        self::assertCount(1, $this->peer->requests());
    }

    public function testNoFaultLeavesACallback(): void
    {
        $row = (object) ['state' => 'paired', 'manifest' => '{"hooks":{"InvoicePaid":{"answer":"deferred"}}}'];
        Database::change('DROP TABLE mod_creditbridge_spool');

        self::assertNull(Dispatcher::handle('InvoicePaid', ['invoiceid' => 1], $row));
        self::assertNull(Dispatcher::handle('InvoicePaid', null, $row));
    }
}
